package site

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	"lectern/app/account"
	"lectern/app/payment"
	"lectern/app/privacy"
	"lectern/app/web"
)

// AskDeletion is POST /account/delete. While the school looks for a payment there is something to be settled first.
func (p *Pages) AskDeletion(w http.ResponseWriter, r *http.Request) error {
	u, err := p.Accounts.Student(r.Context(), web.UserID(r))
	if err != nil {
		return err
	}
	waits, err := payment.Waits(r.Context(), p.DB.Read(), u.ID)
	if err != nil {
		return err
	}
	if waits {
		return p.Kit.Refused(w, r, "/account#data", "data.delete.waits")
	}
	if err := p.Accounts.AskDeletion(r.Context(), u); err != nil {
		return err
	}
	p.Wake()
	return p.Kit.Done(w, r, "/account#data", "data.delete.done")
}

// KeepAccount is POST /account/keep.
func (p *Pages) KeepAccount(w http.ResponseWriter, r *http.Request) error {
	if err := p.Accounts.KeepAccount(r.Context(), web.UserID(r)); err != nil {
		return err
	}
	return p.Kit.Done(w, r, "/account#data", "data.kept")
}

// ExportData is POST /account/export: all that is stored about who is signed in, as a file. It is made on the spot, as one
// person has some hundred rows at most, and behind a fresh proof: a link by mail would be one secret more to lose.
func (p *Pages) ExportData(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), web.UserID(r)
	if err := p.Accounts.Allow(ctx, account.Exports, id); err != nil {
		return err
	}
	u, err := p.Accounts.Student(ctx, id)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := privacy.Export(ctx, p.DB.Read(), u.ID, u.EmailNorm, &b); err != nil {
		return err
	}
	if err := p.Accounts.Exported(ctx, u.ID); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/zip")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="my-data-%s.zip"`, p.now(ctx).Format(time.DateOnly)))
	_, err = w.Write(b.Bytes()) // #nosec G705 -- an archive, and said to be
	return err
}
