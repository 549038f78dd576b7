package files

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"lectern/app/files/picture"
)

// aside is the folder, in Dir, of files that the database doesn't know. They came by a crash between file and row, or
// else by something that an admin will want to undo: an older backup restored, a wrong DATABASE_URL. So they come back
// when the database knows them again, and are deleted only after a month.
const aside = "aside"

// Sweep deletes pictures that had their time, and puts aside files that nobody knows. It runs every hour.
func (s *Service) Sweep(ctx context.Context) error {
	return errors.Join(s.sweepRows(ctx), s.sweepUnknown(ctx), s.sweepAside(ctx))
}

func (s *Service) sweepRows(ctx context.Context) error {
	const step = 100
	now := s.Now()
	for ctx.Err() == nil {
		names, err := over(ctx, s.DB.Read(), now, step)
		if err != nil {
			return err
		}
		for _, name := range names {
			gone := false
			err := s.DB.InTx(ctx, func(tx *sql.Tx) (err error) {
				gone, err = forget(ctx, tx, name, now)
				return err
			})
			if err != nil {
				return err
			}
			if p, ok := picture.Parse(name); ok && gone {
				s.remove(p)
			}
		}
		if len(names) < step {
			break
		}
	}
	return ctx.Err()
}

// sweepUnknown looks at files that have lain there for a day, and so aren't being made.
func (s *Service) sweepUnknown(ctx context.Context) error {
	files, err := s.list(s.Dir, unusedFor)
	if err != nil {
		return err
	}
	for file := range files {
		if strings.HasPrefix(file, unfinished) {
			err = errors.Join(err, os.Remove(s.path(file)))
			delete(files, file)
		}
	}
	unknown, _, err2 := s.sort(ctx, files)
	if err = errors.Join(err, err2); err != nil || len(unknown) == 0 {
		return err
	}
	s.Log.Warn("pictures that the database doesn't know are put aside for 30 days", "files", len(unknown), "dir", s.path(aside))
	if err := os.MkdirAll(s.path(aside), 0o700); err != nil {
		return err
	}
	now := s.Now()
	for _, file := range unknown {
		to := s.path(aside + "/" + file)
		err = errors.Join(err, os.Rename(s.path(file), to), os.Chtimes(to, now, now))
	}
	return err
}

func (s *Service) sweepAside(ctx context.Context) error {
	files, err := s.list(s.path(aside), 0)
	if err != nil {
		return err
	}
	unknown, known, err := s.sort(ctx, files)
	for _, file := range known {
		err = errors.Join(err, os.Rename(s.path(aside+"/"+file), s.path(file)))
	}
	for _, file := range unknown {
		if s.Now().Sub(files[file]) > releasedFor {
			err = errors.Join(err, os.Remove(s.path(aside+"/"+file)))
		}
	}
	return err
}

// list returns when the files of ours in a folder, older than age, were last written. Whatever else lies there is left
// alone.
func (s *Service) list(dir string, age time.Duration) (map[string]time.Time, error) {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil, nil
	}
	files := map[string]time.Time{}
	for _, e := range entries {
		if _, ours := picture.ParseFile(strings.TrimPrefix(e.Name(), unfinished)); !ours {
			continue
		}
		if info, err := e.Info(); err == nil && s.Now().Sub(info.ModTime()) > age {
			files[e.Name()] = info.ModTime()
		}
	}
	return files, err
}

// sort tells the files of pictures that the database knows from the others.
func (s *Service) sort(ctx context.Context, files map[string]time.Time) (unknown, ofKnown []string, err error) {
	byName := map[string][]string{}
	for file := range files {
		name, _ := picture.ParseFile(file)
		byName[name] = append(byName[name], file)
	}
	var names []string
	for name := range byName {
		names = append(names, name)
	}
	for chunk := range slices.Chunk(names, 1000) {
		found, err := known(ctx, s.DB.Read(), chunk)
		if err != nil {
			return nil, nil, err
		}
		for _, name := range found {
			ofKnown = append(ofKnown, byName[name]...)
			delete(byName, name)
		}
	}
	for _, all := range byName {
		unknown = append(unknown, all...)
	}
	return unknown, ofKnown, nil
}
