package crashtest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// crowd is students who register, enrol and claim, and an admin who verifies, all as fast as they can. Like people they
// try again what they got no answer to. It keeps what they were told was done.
type crowd struct {
	school *school
	count  atomic.Int64

	mu       sync.Mutex
	students map[string]*person // by address
	orders   map[string]string  // code → the student's address
	claims   map[string]string  // reference → the order's code
	verified map[string]bool    // by the claim's id
}

func newCrowd(s *school) *crowd {
	return &crowd{school: s, students: map[string]*person{}, orders: map[string]string{}, claims: map[string]string{}, verified: map[string]bool{}}
}

// run lets them work until ctx ends and every one of them has finished what he is at.
func (c *crowd) run(ctx context.Context, students int) (wait func()) {
	var wg sync.WaitGroup
	for range students {
		wg.Go(func() {
			for ctx.Err() == nil {
				c.study(ctx)
			}
		})
	}
	wg.Go(func() { c.check(ctx) })
	return wg.Wait
}

// paid counts the claims that were verified so far.
func (c *crowd) paid() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.verified)
}

func (c *crowd) keep(note func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	note()
}

// insist takes a step until it leads where it should, and tells whether it did before ctx ended.
func (c *crowd) insist(ctx context.Context, step, to string, do func() (page, error)) (location string, ok bool) {
	for ctx.Err() == nil {
		g, err := do()
		location, err = leads(step, to, g, err)
		if err == nil {
			return location, true
		}
		if errors.As(err, new(*wrongAnswer)) {
			c.school.t.Error(err)
			return "", false
		}
		time.Sleep(5 * time.Millisecond)
	}
	return "", false
}

// study is a new student's way through some courses.
func (c *crowd) study(ctx context.Context) {
	p, email := c.school.visitor(), fmt.Sprintf("asha%d@example.com", c.count.Add(1))
	defer p.http.CloseIdleConnections()
	if _, ok := c.insist(ctx, "register", "/dashboard", func() (page, error) { return p.register(email) }); !ok {
		return
	}
	c.keep(func() { c.students[email] = p })
	for _, slug := range courses {
		to, ok := c.insist(ctx, "enrol", "/orders/", func() (page, error) { return p.enroll(slug) })
		if !ok {
			return
		}
		code := strings.TrimPrefix(to, "/orders/")
		c.keep(func() { c.orders[code] = email })
		reference := fmt.Sprint(400000000000 + c.count.Add(1))
		if _, ok := c.insist(ctx, "claim", to, func() (page, error) { return p.claim(code, reference) }); !ok {
			return
		}
		c.keep(func() { c.claims[reference] = code })
	}
}

// check is the admin's work. She logs in once, and is remembered.
func (c *crowd) check(ctx context.Context) {
	chitra := c.school.visitor()
	if _, ok := c.insist(ctx, "log in", "/admin", func() (page, error) { return chitra.logIn("chitra@example.com") }); !ok {
		return
	}
	for ctx.Err() == nil {
		queue, claims, err := chitra.waiting()
		if errors.As(err, new(*wrongAnswer)) {
			c.school.t.Error(err)
			return
		}
		for _, id := range claims {
			g, err := chitra.verify(queue, id)
			if err != nil || ctx.Err() != nil {
				break
			}
			switch g.status {
			case http.StatusSeeOther:
				c.keep(func() { c.verified[id] = true })
			case http.StatusConflict: // done by the try that got no answer
			default:
				c.school.t.Errorf("verify: %v", g)
				return
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
}
