package admin

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/payment"
	"lectern/app/payment/upi"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

// Verify is POST /admin/payments/{id}/verify.
func (p *Pages) Verify(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, "verify", func(ctx context.Context, c payment.QueueRow) (*adminview.Outcome, error) {
		amount, err := amount(r, c.Due.Currency)
		if err != nil {
			return nil, err
		}
		result, err := p.Payments.Verify(ctx, web.UserID(r), c.ID, amount)
		if err != nil {
			return nil, err
		}
		return verified(ctx, result), nil
	})
}

// NotSeen is POST /admin/payments/{id}/not-seen.
func (p *Pages) NotSeen(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, "not-seen", func(ctx context.Context, c payment.QueueRow) (*adminview.Outcome, error) {
		err := p.Payments.NotSeen(ctx, web.UserID(r), c.ID, r.PostFormValue("reason"))
		return &adminview.Outcome{Kind: "wait", Text: views.T(ctx, "queue.did.unseen")}, err
	})
}

// Reject is POST /admin/payments/{id}/reject. What was typed as the reason wins over a quick one that was chosen.
func (p *Pages) Reject(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, "reject", func(ctx context.Context, c payment.QueueRow) (*adminview.Outcome, error) {
		reason := web.Line(r, "reason")
		if reason == "" {
			reason = web.Line(r, "quick")
		}
		err := p.Payments.Reject(ctx, web.UserID(r), c.ID, reason)
		return &adminview.Outcome{Kind: "wait", Text: views.T(ctx, "queue.did.rejected")}, err
	})
}

// Reopen is POST /admin/payments/{id}/reopen.
func (p *Pages) Reopen(w http.ResponseWriter, r *http.Request) error {
	return p.decide(w, r, "reopen", func(ctx context.Context, c payment.QueueRow) (*adminview.Outcome, error) {
		return nil, p.Payments.Reopen(ctx, web.UserID(r), c.ID)
	})
}

// decide runs a step on the claim of the address and answers with how things stand then: to htmx the claim's row, else
// the page that the form stood on.
func (p *Pages) decide(w http.ResponseWriter, r *http.Request, step string, do func(context.Context, payment.QueueRow) (*adminview.Outcome, error)) error {
	ctx := r.Context()
	c, err := p.Payments.QueueRowByID(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	var outcome *adminview.Outcome
	if err = web.ParseForm(r); err == nil {
		outcome, err = do(ctx, c)
	}
	if fault.Is(err, fault.Conflict) {
		return p.conflict(w, r, c.ID, err)
	}
	if err != nil {
		form, err := web.Failed(r, err)
		if err != nil {
			return err
		}
		return p.undecided(w, r, http.StatusUnprocessableEntity, refused{claim: c.ID, step: step, form: form})
	}
	p.Wake()
	text := views.T(ctx, "queue.did.reopened")
	if outcome != nil {
		text = outcome.Text
	}
	if !web.Partial(r) {
		return p.Kit.Done(w, r, back(r), "queue.flash", "name", c.Student.Name, "code", c.OrderCode, "text", text)
	}
	return p.decided(w, r, c.ID, outcome, text)
}

// decided answers a step that htmx sent: the row, the figures, a word.
func (p *Pages) decided(w http.ResponseWriter, r *http.Request, id string, outcome *adminview.Outcome, text string) error {
	ctx := r.Context()
	c, err := p.Payments.QueueRowByID(ctx, id)
	if err != nil {
		return err
	}
	counts, err := p.counts(ctx)
	if err != nil {
		return err
	}
	counts.Payees = withPayee(counts.Payees, c)
	row := p.claimRow(ctx, c)
	row.Outcome = outcome
	said := views.T(ctx, "queue.flash", "name", c.Student.Name, "code", c.OrderCode, "text", text)
	return web.Render(w, r, http.StatusOK, adminview.Decided(row, counts, "good", said), nil)
}

// withPayee has the payee of a claim among the sums when nothing waits for it any more, so that its sum on the page goes.
func withPayee(sums []adminview.PayeeSum, c payment.QueueRow) []adminview.PayeeSum {
	if slices.ContainsFunc(sums, func(s adminview.PayeeSum) bool { return s.Payee == c.Payee }) {
		return sums
	}
	return append(sums, adminview.PayeeSum{Payee: c.Payee, Sum: lang.Money{Currency: c.Due.Currency}})
}

// refused is a step that couldn't be done: with a form to correct, or with what else stood in the way.
type refused struct {
	claim, step string
	form        *views.Form
	trouble     lang.Msg
}

// row adds to a claim's row what went wrong with it.
func (f refused) row(m *adminview.ClaimRow) {
	m.Failed, m.Form, m.Trouble = f.step, f.form, f.trouble
}

// undecided shows a claim again with what went wrong: its row to htmx, else the page that the form stood on.
func (p *Pages) undecided(w http.ResponseWriter, r *http.Request, status int, f refused) error {
	if code, ok := strings.CutPrefix(back(r), ordersPath+"/"); ok {
		return p.showOrder(w, r, status, code, orderForms{refused: f})
	}
	ctx := r.Context()
	c, err := p.Payments.QueueRowByID(ctx, f.claim)
	if err != nil {
		return err
	}
	row := p.claimRow(ctx, c)
	f.row(&row)
	if row.Decided.By, err = p.name(ctx, c.DecidedBy); err != nil {
		return err
	}
	m, err := p.queuePage(ctx, nil)
	if err != nil {
		return err
	}
	m.Counts.Payees = withPayee(m.Counts.Payees, c)
	m.Top, m.Form, m.Trouble = &row, f.form, f.trouble
	without(&m, f.claim)
	return web.Render(w, r, status, adminview.Payments(m), adminview.Undecided(row, m.Counts))
}

// conflict tells that somebody else was quicker, or what else stands in the way.
func (p *Pages) conflict(w http.ResponseWriter, r *http.Request, id string, err error) error {
	if web.Partial(r) { // so that a page's script takes it for an answer and not for an error
		w.Header().Set("HX-Retarget", "#c-"+id)
		w.Header().Set("HX-Reswap", "outerHTML")
	}
	return p.undecided(w, r, http.StatusConflict, refused{claim: id, trouble: message(err)})
}

// without takes a claim that stands on top out of the list below.
func without(m *adminview.PaymentsPage, id string) {
	for i := range m.Groups {
		m.Groups[i].Claims = slices.DeleteFunc(m.Groups[i].Claims, func(c adminview.ClaimRow) bool { return c.ID == id })
	}
	m.Groups = slices.DeleteFunc(m.Groups, func(g adminview.Group) bool { return len(g.Claims) == 0 })
}

// amount reads the field of that name.
func amount(r *http.Request, currency string) (int64, error) {
	n, err := lang.ParseMoney(r.PostFormValue("amount"), currency)
	if err != nil || n <= 0 {
		return 0, fault.Field("amount", "payment.amount.needed")
	}
	return n, nil
}

// back is the page that a form stood on, which it names itself; the queue when it names none of ours.
func back(r *http.Request) string {
	code, ok := strings.CutPrefix(r.PostFormValue("back"), ordersPath+"/")
	if code, is := upi.ParseCode(code); ok && is {
		return ordersPath + "/" + code
	}
	return paymentsPath
}

// name is what the person with that id is called; empty for nobody.
func (p *Pages) name(ctx context.Context, userID string) (string, error) {
	if userID == "" {
		return "", nil
	}
	u, err := p.Accounts.Student(ctx, userID)
	return u.Name, err
}

func message(err error) lang.Msg {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Msg
	}
	return lang.Msg{}
}
