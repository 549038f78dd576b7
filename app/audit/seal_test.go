package audit_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"lectern/app/audit"
	"lectern/app/db"
	"lectern/app/dbtest"
)

// log is an audit log with its sealer.
type log struct {
	*testing.T
	db     *db.DB
	sealer *audit.Sealer
}

func newLog(t *testing.T) *log {
	t.Helper()
	t.Parallel()
	d := dbtest.New(t)
	return &log{t, d, &audit.Sealer{DB: d, Now: time.Now}}
}

func (l *log) record(n int) {
	l.Helper()
	l.do(l.db.InTx(l.Context(), func(tx *sql.Tx) error {
		for i := range n {
			ctx := audit.From(l.Context(), "203.0.113.77", "REQ")
			e := audit.Entry{At: time.UnixMilli(int64(i)), Actor: "chitra", Action: "payment.verify", Kind: "order", Subject: fmt.Sprint(i), Detail: map[string]any{"amount": i}}
			if err := audit.Record(ctx, tx, e); err != nil {
				return err
			}
		}
		return nil
	}))
}

func (l *log) do(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

func (l *log) seal() {
	l.Helper()
	l.do(l.sealer.Run(l.Context()))
}

func (l *log) verify(head string) audit.Proof {
	l.Helper()
	p, err := audit.Verify(l.Context(), l.db.Read(), head)
	l.do(err)
	return p
}

// tamper does to the tables what somebody with the file can, who isn't kept by triggers.
func (l *log) tamper(statement string, args ...any) {
	l.Helper()
	drop := "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; DROP TRIGGER audit_seals_no_update; DROP TRIGGER audit_seals_no_delete"
	if db.Kind == "PostgreSQL" {
		drop = "DROP TRIGGER audit_no_change ON audit; DROP TRIGGER audit_seals_no_change ON audit_seals"
	}
	l.do(l.db.InTx(l.Context(), func(tx *sql.Tx) error {
		for _, one := range strings.Split(drop, "; ") {
			if err := db.Exec(l.Context(), tx, one); err != nil {
				return err
			}
		}
		return db.Exec(l.Context(), tx, statement, args...)
	}))
}

func TestAudit_AppendOnly(t *testing.T) {
	l := newLog(t)
	l.record(3)
	l.seal()
	for _, statement := range []string{
		"UPDATE audit SET actor = 'eve'", "DELETE FROM audit", "UPDATE audit_seals SET hash = ''", "DELETE FROM audit_seals WHERE n = 3",
	} {
		if err := l.db.InTx(t.Context(), func(tx *sql.Tx) error { return db.Exec(t.Context(), tx, statement) }); err == nil {
			t.Errorf("%s went through", statement)
		}
	}
	if p := l.verify(""); p.N != 3 || p.Waiting != 0 {
		t.Errorf("%+v", p)
	}
}

func TestAudit_SaysWhereFrom(t *testing.T) {
	l := newLog(t)
	l.record(1)
	all, err := audit.List(t.Context(), l.db.Read(), audit.Query{Limit: 10})
	l.do(err)
	if len(all) != 1 || all[0].Network != "203.0.113.0/24" || all[0].Request != "REQ" {
		t.Errorf("%+v", all)
	}
	for ip, want := range map[string]string{"2001:db8:7:8::9": "2001:db8:7::/48", "::ffff:203.0.113.9": "203.0.113.0/24", "": "", "unix": ""} {
		l.do(l.db.InTx(t.Context(), func(tx *sql.Tx) error {
			return audit.Record(audit.From(t.Context(), ip, ""), tx, audit.Entry{Action: "x.y", Kind: "user", Subject: ip})
		}))
		got, err := audit.List(t.Context(), l.db.Read(), audit.Query{Subject: ip, Limit: 1})
		l.do(err)
		if ip != "" && got[0].Network != want {
			t.Errorf("%s: %q, want %q", ip, got[0].Network, want)
		}
	}
}

// Each way of falsifying a sealed log is found, at the entry where it begins.
func TestVerify_FindsTampering(t *testing.T) {
	const sixth = "(SELECT entry FROM audit_seals WHERE n = 6)"
	for name, c := range map[string]struct {
		statement string
		n         int64
	}{
		"an entry was changed":       {"UPDATE audit SET subject = 'other' WHERE id = " + sixth, 6},
		"its time was changed":       {"UPDATE audit SET at = at + 1 WHERE id = " + sixth, 6},
		"where from was changed":     {"UPDATE audit SET network = '' WHERE id = " + sixth, 6},
		"an entry was removed":       {"DELETE FROM audit WHERE id = " + sixth, 6},
		"a seal was removed":         {"DELETE FROM audit_seals WHERE n = 6", 6},
		"the first seal was removed": {"DELETE FROM audit_seals WHERE n = 1", 1},
		"a hash was changed":         {"UPDATE audit_seals SET hash = 'x' WHERE n = 6", 6},
		"two entries were exchanged": {`UPDATE audit SET subject = CASE subject WHEN '5' THEN '6' ELSE '5' END WHERE subject IN ('5', '6')`, 6},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLog(t)
			l.record(10)
			l.seal()
			l.tamper(c.statement)
			_, err := audit.Verify(t.Context(), l.db.Read(), "")
			var broken *audit.Broken
			if !errors.As(err, &broken) || broken.N != c.n {
				t.Errorf("got %v, want one that breaks at %d", err, c.n)
			}
		})
	}
}

// What the chain alone can't show, the head that was written down does.
func TestVerify_KnownHead(t *testing.T) {
	l := newLog(t)
	l.record(5)
	l.seal()
	head := l.verify("").Hash
	l.record(5)
	l.seal()
	if p := l.verify(head); !p.Seen || p.N != 10 {
		t.Errorf("%+v", p)
	}
	l.tamper("DELETE FROM audit_seals WHERE n > 3")
	if p := l.verify(head); p.Seen || p.N != 3 || p.Waiting != 7 {
		t.Errorf("after its end was cut off: %+v", p)
	}
}

// Deeds go on while two copies of the program seal: none is left out, none stands twice, and there is one chain.
func TestSealer_ManyAtOnce(t *testing.T) {
	l := newLog(t)
	copies := []*audit.Sealer{l.sealer, {DB: l.db, Now: time.Now}}
	ctx, stop := context.WithCancel(t.Context())
	var sealing, recording sync.WaitGroup
	for _, s := range copies {
		sealing.Go(func() {
			for ctx.Err() == nil {
				if err := s.Run(ctx); err != nil && ctx.Err() == nil {
					t.Error(err)
				}
			}
		})
	}
	for range 4 {
		recording.Go(func() {
			for range 40 {
				l.record(3)
			}
		})
	}
	recording.Wait()
	stop()
	sealing.Wait()
	for _, s := range copies {
		l.do(s.Run(t.Context()))
	}
	if p := l.verify(""); p.N != 480 || p.Waiting != 0 {
		t.Errorf("%+v", p)
	}
}

// A transaction that ends after a later one was sealed is sealed when it ends.
func TestSealer_LateOnes(t *testing.T) {
	l := newLog(t)
	if db.Kind != "PostgreSQL" {
		t.Skip("there is one writer")
	}
	l.seal()
	l.do(l.db.InTx(t.Context(), func(tx *sql.Tx) error {
		if err := audit.Record(t.Context(), tx, audit.Entry{Action: "slow.deed", Kind: "user", Subject: "asha"}); err != nil {
			return err
		}
		l.record(2)
		l.seal()
		return nil
	}))
	if p := l.verify(""); p.N != 2 || p.Waiting != 1 {
		t.Errorf("%+v", p)
	}
	l.seal()
	if p := l.verify(""); p.N != 3 || p.Waiting != 0 {
		t.Errorf("%+v", p)
	}
}

func TestVerify_Many(t *testing.T) {
	l := newLog(t)
	for range 10 {
		l.record(1200)
	}
	l.seal()
	began := time.Now()
	if p := l.verify(""); p.N != 12_000 || p.Waiting != 0 {
		t.Errorf("%+v", p)
	}
	t.Logf("12,000 entries in %v", time.Since(began))
}
