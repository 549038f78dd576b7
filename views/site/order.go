package siteview

import (
	"context"
	"math"
	"strconv"
	"time"

	"lectern/views"
)

// heading is the page's h1: what to do, or how things stand.
func (m OrderPage) heading(ctx context.Context) string {
	switch m.State {
	case OrderPaid, OrderWaiting, OrderCancelled:
		return views.T(ctx, "order.heading."+m.State, "title", m.Title, "amount", m.Price)
	}
	return views.T(ctx, "order.heading.open", "title", m.Title, "amount", m.Due)
}

func stateKind(state string) string {
	switch state {
	case OrderPaid:
		return "good"
	case OrderRejected, OrderReversed:
		return "bad"
	case OrderCancelled:
		return "plain"
	}
	return "wait"
}

// refresh is in how many seconds a browser without scripts loads the page anew; 0 is never, as it would lose what is
// being typed.
func (m OrderPage) refresh() int {
	if m.State == OrderWaiting && m.Form == nil {
		return 60
	}
	return 0
}

func (m OrderPage) pollURL() string {
	return m.Self + "?state=" + m.State + "&waiting=" + strconv.Itoa(m.Waiting) + "&poll=" + strconv.Itoa(m.Poll)
}

// pollTrigger waits 10 seconds at first, half as long again each time, and five minutes at most.
func (m OrderPage) pollTrigger() string {
	delay := min(10*math.Pow(1.5, float64(min(m.Poll, 20))), 300)
	return "load delay:" + strconv.Itoa(int(delay)) + "s"
}

func (m OrderPage) payeeURL(n int) string { return m.Self + "?payee=" + strconv.Itoa(n) }

func (m OrderPage) qrURL() string {
	if m.Payee.N > 1 {
		return m.Self + "/qr.png?payee=" + strconv.Itoa(m.Payee.N)
	}
	return m.Self + "/qr.png"
}

// OfKind is the key of what is said about an order for that kind of item.
func OfKind(kind, key string) string {
	if kind == "internship" {
		return key + ".internship"
	}
	return key
}

func (m OrderPage) key(key string) string { return OfKind(m.Kind, key) }

func lookedAt(ctx context.Context, t time.Time) string {
	p := views.From(ctx)
	t = t.In(p.Zone)
	return p.Lang.Day(p.Now, t) + ", " + p.Lang.Clock(t)
}

// actKey names what the button beside an order in the dashboard says.
func actKey(state string) string {
	if state == OrderWaiting {
		return "look"
	}
	return "go_on"
}

// numberLabel is empty where the step's heading is the label.
func numberLabel(ctx context.Context, first bool) string {
	if first {
		return ""
	}
	return views.T(ctx, "order.number.label")
}
