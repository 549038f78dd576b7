package audit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lectern/app/db"
)

// Head is the end of the chain.
type Head struct {
	N    int64  // entries in it
	Hash string // over all of them; empty where there is none
}

// Sealer lengthens the chain. One per program; several copies of the program may each have one.
type Sealer struct {
	DB  *db.DB
	Now func() time.Time
	Log func(Head) // where the head is to be written down; called when it has moved

	since string // entries before this one were looked at by this process
}

const (
	sealBatch = 500
	sealSlack = time.Hour // that a transaction may take from making an entry's id to its end
)

// Run seals what was recorded since it ran last, in transactions of its own, so that no deed waits for another. The order
// of the chain is that of the sealing: a deed whose transaction ends late is sealed late. What another copy seals at the
// same moment is left to it. The first time it looks through all entries.
func (s *Sealer) Run(ctx context.Context) error {
	began, moved := s.Now(), false
	var head Head
	for after, more := s.since, true; more; {
		end, err := s.batchEnd(ctx, after)
		if err != nil {
			return err
		}
		rows, err := unsealed(ctx, s.DB.Read(), after, end)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			if head, err = s.seal(ctx, rows); db.IsUnique(err) { // another copy was quicker
				return nil
			} else if err != nil {
				return err
			}
			moved = true
		}
		after, more = end, end != ""
	}
	if moved && s.Log != nil {
		s.Log(head)
	}
	s.since = db.FirstID(began.Add(-sealSlack))
	return nil
}

// batchEnd is the id of the last entry of a batch; empty where no other follows.
func (s *Sealer) batchEnd(ctx context.Context, after string) (string, error) {
	end, err := db.Value[string](ctx, s.DB.Read(), `SELECT id FROM audit WHERE id > $1 ORDER BY id LIMIT 1 OFFSET $2`, after, sealBatch-1)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return end, err
}

// unsealed are the entries after one and up to another, or all that follow, which aren't in the chain.
func unsealed(ctx context.Context, q db.Querier, after, end string) ([]raw, error) {
	return db.All(ctx, q, scanRaw, `SELECT `+columns+` FROM audit a WHERE a.id > $1 AND (a.id <= $2 OR $2 = '')
		AND NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.entry = a.id) ORDER BY a.id LIMIT $3`, after, end, sealBatch)
}

// seal puts entries at the end of the chain. The error where another copy sealed as well is one that db.IsUnique knows:
// both wanted the same number, or the same entry.
func (s *Sealer) seal(ctx context.Context, rows []raw) (head Head, err error) {
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if head, err = readHead(ctx, tx); err != nil {
			return err
		}
		for _, r := range rows {
			head = r.after(head)
			if err := db.Exec(ctx, tx, `INSERT INTO audit_seals (n, entry, hash) VALUES ($1, $2, $3)`, head.N, r.id, head.Hash); err != nil {
				return err
			}
		}
		return nil
	})
	return head, err
}

func readHead(ctx context.Context, q db.Querier) (Head, error) {
	var h Head
	err := q.QueryRowContext(ctx, `SELECT n, hash FROM audit_seals ORDER BY n DESC LIMIT 1`).Scan(&h.N, &h.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		return Head{}, nil
	}
	return h, err
}

// Sealed returns the end of the chain, and when the last entry in it was made.
func Sealed(ctx context.Context, q db.Querier) (Head, time.Time, error) {
	h, err := readHead(ctx, q)
	if err != nil || h.N == 0 {
		return h, time.Time{}, err
	}
	at, err := db.Value[int64](ctx, q, `SELECT a.at FROM audit_seals s JOIN audit a ON a.id = s.entry WHERE s.n = $1`, h.N)
	if errors.Is(err, sql.ErrNoRows) {
		return h, time.Time{}, nil
	}
	return h, db.Time(at), err
}

// raw is an entry as the database has it.
type raw struct {
	id                                              string
	at                                              int64
	actor, action, kind, subject, detail, net, from string
}

func scanRaw(row db.Scanner) (r raw, err error) {
	err = row.Scan(&r.id, &r.at, &r.actor, &r.action, &r.kind, &r.subject, &r.detail, &r.net, &r.from)
	return r, err
}

// after is the head when r is sealed: SHA-256 over a JSON list of the hash before, the number, and all that r says.
func (r raw) after(h Head) Head {
	h.N++
	text, err := json.Marshal([]any{h.Hash, h.N, r.id, r.at, r.actor, r.action, r.kind, r.subject, r.detail, r.net, r.from})
	if err != nil {
		panic(err) // of strings and numbers
	}
	sum := sha256.Sum256(text)
	h.Hash = hex.EncodeToString(sum[:])
	return h
}

// Proof is what Verify found.
type Proof struct {
	Head
	Waiting int64     // entries that aren't sealed yet
	Oldest  time.Time // of those
	Seen    bool      // the head that was asked for is in the chain
}

// Broken is the error of a chain that doesn't hold.
type Broken struct {
	N     int64  // the first seal that doesn't fit
	Entry string // of that entry
	Why   string
}

func (b *Broken) Error() string { return fmt.Sprintf("seal %d, entry %s: %s", b.N, b.Entry, b.Why) }

// Verify goes through the whole chain, a page at a time. known is a head that was written down earlier, or empty: where
// somebody made the whole chain anew, or cut its end off, it isn't there any more. The error is *Broken where an entry
// was changed, removed, or put elsewhere.
func Verify(ctx context.Context, q db.Querier, known string) (Proof, error) {
	p := Proof{Seen: known == ""}
	type seal struct {
		n           int64
		entry, hash string
		raw
		there bool
	}
	for {
		const page = 5000
		seals, err := db.All(ctx, q, func(row db.Scanner) (x seal, err error) {
			var id, actor, action, kind, subject, detail, net, from sql.NullString
			var at sql.NullInt64
			err = row.Scan(&x.n, &x.entry, &x.hash, &id, &at, &actor, &action, &kind, &subject, &detail, &net, &from)
			x.there = id.Valid
			x.raw = raw{id.String, at.Int64, actor.String, action.String, kind.String, subject.String, detail.String, net.String, from.String}
			return x, err
		}, `SELECT s.n, s.entry, s.hash, `+columns+` FROM audit_seals s LEFT JOIN audit a ON a.id = s.entry WHERE s.n > $1 ORDER BY s.n LIMIT $2`, p.N, page)
		if err != nil {
			return p, err
		}
		for _, x := range seals {
			next := x.raw.after(p.Head)
			switch {
			case x.n != next.N:
				return p, &Broken{next.N, x.entry, fmt.Sprintf("the seal before it is missing: the next one has the number %d", x.n)}
			case !x.there:
				return p, &Broken{x.n, x.entry, "the entry is missing"}
			case x.hash != next.Hash:
				return p, &Broken{x.n, x.entry, "the entry is not the one that was sealed"}
			}
			p.Head = next
			p.Seen = p.Seen || next.Hash == known
		}
		if len(seals) < page {
			break
		}
	}
	var oldest sql.NullInt64
	err := q.QueryRowContext(ctx, `SELECT count(*), min(a.at) FROM audit a WHERE NOT EXISTS (SELECT 1 FROM audit_seals s WHERE s.entry = a.id)`).Scan(&p.Waiting, &oldest)
	p.Oldest = db.MaybeTime(oldest)
	return p, err
}
