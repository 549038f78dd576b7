package admin

import (
	"context"
	"net/http"

	"lectern/app/mail"
	"lectern/app/web"
	adminview "lectern/views/admin"
)

// AddTags is POST /admin/students/{id}/tags.
func (p *Pages) AddTags(w http.ResponseWriter, r *http.Request) error {
	return p.onStudent(w, r, "student.tag.done", func(ctx context.Context, by, id string) error {
		return p.Accounts.AddTags(ctx, by, id, web.Line(r, "tags"))
	})
}

// RemoveTag is POST /admin/students/{id}/tags/remove.
func (p *Pages) RemoveTag(w http.ResponseWriter, r *http.Request) error {
	return p.onStudent(w, r, "student.untag.done", func(ctx context.Context, by, id string) error {
		return p.Accounts.RemoveTag(ctx, by, id, r.PostFormValue("tag"))
	})
}

// AddNote is POST /admin/students/{id}/notes.
func (p *Pages) AddNote(w http.ResponseWriter, r *http.Request) error {
	return p.onStudent(w, r, "student.note.done", func(ctx context.Context, by, id string) error {
		return p.Accounts.AddNote(ctx, by, id, r.PostFormValue("note"))
	})
}

// DeleteNote is POST /admin/students/{id}/notes/{note}/delete.
func (p *Pages) DeleteNote(w http.ResponseWriter, r *http.Request) error {
	return p.onStudent(w, r, "student.note.deleted.done", func(ctx context.Context, by, id string) error {
		return p.Accounts.DeleteNote(ctx, by, id, r.PathValue("note"))
	})
}

// RestoreNote is POST /admin/students/{id}/notes/{note}/restore.
func (p *Pages) RestoreNote(w http.ResponseWriter, r *http.Request) error {
	return p.onStudent(w, r, "student.note.restored.done", func(ctx context.Context, by, id string) error {
		return p.Accounts.RestoreNote(ctx, by, id, r.PathValue("note"))
	})
}

// WriteStudent is POST /admin/students/{id}/message.
func (p *Pages) WriteStudent(w http.ResponseWriter, r *http.Request) error {
	return p.onStudent(w, r, "student.message.done", func(ctx context.Context, by, id string) error {
		return p.Roster.Write(ctx, by, id, r.PostFormValue("key"), r.PostFormValue("subject"), r.PostFormValue("text"))
	})
}

// EraseStudent is POST /admin/students/{id}/erase. It can't be undone, so it takes a tick beside the words that say so.
func (p *Pages) EraseStudent(w http.ResponseWriter, r *http.Request) error {
	return p.onStudent(w, r, "student.erase.done", func(ctx context.Context, by, id string) error {
		return p.Roster.Erase(ctx, by, id, r.PostFormValue("sure") != "")
	})
}

func (p *Pages) tagsOf(ctx context.Context, m *adminview.StudentPage) error {
	tags, err := p.Accounts.TagsOf(ctx, m.ID)
	if err != nil {
		return err
	}
	for _, t := range tags {
		m.TagList = append(m.TagList, adminview.Tag{Norm: t.Norm, Name: t.Name})
	}
	m.KnownTags, err = p.tagNames(ctx)
	return err
}

func (p *Pages) notesOf(ctx context.Context, m *adminview.StudentPage) error {
	notes, err := p.Accounts.Notes(ctx, m.ID)
	for _, n := range notes {
		m.Notes = append(m.Notes, adminview.StudentNote{ID: n.ID, Text: n.Text, By: n.By, At: n.At, Deleted: !n.DeletedAt.IsZero()})
	}
	return err
}

func (p *Pages) noticesOf(ctx context.Context, m *adminview.StudentPage) error {
	all, err := p.Roster.Notices(ctx, m.ID)
	for _, n := range all {
		m.Messages = append(m.Messages, adminview.StudentMessage{Subject: mail.FillName(n.Subject, m.Name), Text: mail.FillName(n.Text, m.Name), By: n.By, At: n.At, Status: n.Sent})
	}
	return err
}
