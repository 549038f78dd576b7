package adminview

import (
	"net/url"

	"lectern/app/lang"
	"lectern/views"
)

// MatchResult is what was found in the bank's text.
type MatchResult struct {
	Sure   []ClaimRow
	Likely []ClaimRow
	Lines  []UnknownLine
}

// UnknownLine is a line of the bank's that no claim waits for.
type UnknownLine struct {
	Text      string
	Shown     lang.Money // 0 if it shows none
	Reference string     // empty if it shows none
	Code      string     // of an order that it names, or empty
	Recorded  *Known     // what is written down under its reference already
}

// href leads to where the line's money can be written down: its order, or a search for it.
func (l UnknownLine) href() string {
	if l.Code == "" {
		return "/admin/orders?status=open"
	}
	path := withQuery("/admin/orders/"+url.PathEscape(l.Code), "reference", l.Reference, "amount", l.amount())
	return path + "#record"
}

func (l UnknownLine) amount() string {
	if l.Shown.Amount == 0 {
		return ""
	}
	return plain(l.Shown)
}

func (m MatchResult) found() int { return len(m.Sure) + len(m.Likely) }

// queueKeys are the keys that queue.js listens to.
var queueKeys = []views.Key{
	{Key: "j", Text: "queue.key.down"}, {Key: "k", Text: "queue.key.up"}, {Key: "v", Text: "queue.key.verify"}, {Key: "n", Text: "queue.key.unseen"}, {Key: "r", Text: "queue.key.reject"},
	{Key: "x", Text: "queue.key.select"}, {Key: "b", Text: "queue.key.bulk"}, {Key: "Enter", Text: "queue.key.open"}, {Key: "p", Text: "queue.key.paste"},
}
