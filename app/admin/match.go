package admin

import (
	"context"
	"net/http"

	"lectern/app/payment"
	"lectern/app/payment/upi"
	"lectern/app/web"
	adminview "lectern/views/admin"
)

// Match is POST /admin/payments/match. It changes nothing: it only shows what the bank's text is about.
func (p *Pages) Match(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	err := web.ParseForm(r)
	var rows []payment.MatchRow
	if err == nil {
		rows, err = p.Payments.Match(ctx, r.PostFormValue("text"))
	}
	status := http.StatusOK
	m := adminview.PaymentsPage{}
	if err != nil {
		status = http.StatusUnprocessableEntity
		if m.Form, err = web.Failed(r, err); err != nil {
			return err
		}
	}
	if m.Counts, err = p.counts(ctx); err != nil {
		return err
	}
	m.Text, m.Match = r.PostFormValue("text"), p.matches(ctx, rows)
	return web.Render(w, r, status, adminview.Payments(m), nil)
}

// matches sorts what was found: claims to verify as they are, claims to look at, lines that nobody waits for.
func (p *Pages) matches(ctx context.Context, rows []payment.MatchRow) *adminview.MatchResult {
	m := &adminview.MatchResult{}
	shown := map[string]bool{} // a claim that two lines may be about stands once, or its forms would stand twice
	for _, match := range rows {
		if match.Certainty == payment.Sure {
			shown[match.Claim.ID] = true
			m.Sure = append(m.Sure, p.matched(ctx, match))
		}
	}
	for _, match := range rows {
		switch {
		case match.Certainty == payment.None:
			m.Lines = append(m.Lines, unknown(match))
		case !shown[match.Claim.ID]:
			shown[match.Claim.ID] = true
			m.Likely = append(m.Likely, p.matched(ctx, match))
		}
	}
	return m
}

// matched is the row of a claim with the bank's line and amount.
func (p *Pages) matched(ctx context.Context, match payment.MatchRow) adminview.ClaimRow {
	row := p.claimRow(ctx, *match.Claim)
	row.Bank = &adminview.BankLine{Text: match.Line, Shown: match.Shown}
	row.Ticked = match.Certainty == payment.Sure
	if row.Known == nil {
		row.Amount = match.Amount
	}
	return row
}

func unknown(match payment.MatchRow) adminview.UnknownLine {
	l := adminview.UnknownLine{Text: match.Line, Shown: match.Shown}
	l.Code, _ = upi.FindCode(match.Line)
	if found, err := upi.ParseReference(match.Line); err == nil {
		l.Reference = found.Value
	}
	if match.Recorded != nil {
		l.Recorded = known(*match.Recorded)
	}
	return l
}
