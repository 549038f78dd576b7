package catalog

import (
	"context"
	"database/sql"

	"lectern/app/audit"
	"lectern/app/fault"
	"lectern/app/files"
)

// SetPicture gives a course a picture, or with "" the drawn cover. Doing it twice is no fault. Invalid where the picture
// is gone by now.
func (s *Service) SetPicture(ctx context.Context, by, id, name string) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		c, err := lockCourse(ctx, tx, id)
		if err != nil || c.Picture == name {
			return err
		}
		if err := s.putPicture(ctx, tx, id, name); err != nil {
			return err
		}
		if err := s.record(ctx, tx, by, "course.picture", id, map[string]any{"from": c.Picture, "to": name}); err != nil {
			return err
		}
		return bump(ctx, tx, c)
	})
}

func (s *Service) putPicture(ctx context.Context, tx *sql.Tx, id, name string) error {
	if err := files.Use(ctx, tx, s.now(), "course:"+id, name); err != nil {
		return err
	}
	return updatePicture(ctx, tx, id, name)
}

// FormerPicture is the one that a course had before its last change of picture, as long as it can be put back; else "".
func (s *Service) FormerPicture(ctx context.Context, id string) (string, error) {
	last, err := audit.List(ctx, s.db.Read(), audit.Query{Kind: "course", Subject: id, Action: "course.picture", Limit: 1})
	if err != nil || len(last) == 0 {
		return "", err
	}
	name, _ := last[0].Detail["from"].(string)
	if there, err := pictureThere(ctx, s.db.Read(), name); err != nil || !there {
		return "", err
	}
	return name, nil
}

// PictureBack takes the last change of a course's picture back. Conflict where there is nothing to take back.
func (s *Service) PictureBack(ctx context.Context, by, id string) error {
	name, err := s.FormerPicture(ctx, id)
	if err != nil {
		return err
	}
	if name == "" {
		return fault.New(fault.Conflict, "catalog.picture.gone")
	}
	return s.SetPicture(ctx, by, id, name)
}
