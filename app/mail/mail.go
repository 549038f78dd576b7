// Package mail writes letters and sees them delivered. A letter is a row of the outbox, written in the transaction of
// what it tells; a worker renders it in the reader's language and sends it, at least once, under one Message-ID.
package mail

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"lectern/app/db"
	"lectern/views/mail"
)

// To says who gets a letter. A letter to the school needs nothing of it: whether that is the school's contact address or
// each of its admins is decided when it is sent.
type To struct {
	ID      string    // of the letter, where the caller keeps it; empty: one is made
	UserID  string    // whose language, name and current address are read when the letter is sent
	Address string    // only where it isn't the user's current one
	Dedupe  string    // while a letter with the same mark is queued, another one isn't
	After   time.Time // not before; the zero time: at once
}

// Letter holds the facts that a letter tells and that don't change any more. What may change until it is sent (names,
// addresses, links, counts) is read then.
type Letter interface {
	kind() string
	write(ctx context.Context, d *desk) (mailview.Letter, error) // errObsolete: there is nothing left to tell
}

// The order of sending. A tenth of the day's cap is kept for the first two.
const (
	first   = 1 // somebody waits for it before the screen
	payment = 2
	school  = 3
	rest    = 4
	bulk    = 5 // what went to many at once, so that nobody's letter waits behind it for days
)

type spec struct {
	priority int
	toSchool bool
	gap      time.Duration // to the school: the least time between two
	read     func(payload string) (Letter, error)
}

var kinds = map[string]spec{
	Reset{}.kind():           {priority: first, read: read[Reset]},
	Enrolled{}.kind():        {priority: payment, read: read[Enrolled]},
	PartReceived{}.kind():    {priority: payment, read: read[PartReceived]},
	NotSeen{}.kind():         {priority: payment, read: read[NotSeen]},
	Rejected{}.kind():        {priority: payment, read: read[Rejected]},
	Reversed{}.kind():        {priority: payment, read: read[Reversed]},
	Refunded{}.kind():        {priority: payment, read: read[Refunded]},
	ClaimsDigest{}.kind():    {priority: school, toSchool: true, gap: 15 * time.Minute, read: read[ClaimsDigest]},
	JobFailed{}.kind():       {priority: school, toSchool: true, gap: time.Hour, read: read[JobFailed]},
	Payee{}.kind():           {priority: payment, toSchool: true, read: read[Payee]},
	Welcome{}.kind():         {priority: rest, read: read[Welcome]},
	VerifyAddress{}.kind():   {priority: rest, read: read[VerifyAddress]},
	PasswordChanged{}.kind(): {priority: rest, read: read[PasswordChanged]},
	FactorChanged{}.kind():   {priority: rest, read: read[FactorChanged]},
	DeletionAsked{}.kind():   {priority: rest, read: read[DeletionAsked]},
	NewDevice{}.kind():       {priority: rest, read: read[NewDevice]},
	AddressChanged{}.kind():  {priority: rest, read: read[AddressChanged]},
	NewMessage{}.kind():      {priority: school, toSchool: true, read: read[NewMessage]},
	MessagesDigest{}.kind():  {priority: school, toSchool: true, gap: time.Hour, read: read[MessagesDigest]},
	MessageReply{}.kind():    {priority: rest, read: read[MessageReply]},
	StaffInvited{}.kind():    {priority: first, read: read[StaffInvited]},
	RoleChanged{}.kind():     {priority: rest, read: read[RoleChanged]},
	StaffChanged{}.kind():    {priority: school, toSchool: true, read: read[StaffChanged]},
	Test{}.kind():            {priority: rest, read: read[Test]},
	Written{}.kind():         {priority: rest, read: read[Written]},
	Circular{}.kind():        {priority: bulk, read: read[Circular]},
	Invited{}.kind():         {priority: bulk, read: read[Invited]},
	WorkStopped{}.kind():     {priority: school, toSchool: true, read: read[WorkStopped]},

	ApplicationReceived{}.kind(): {priority: rest, read: read[ApplicationReceived]},
	NewApplication{}.kind():      {priority: school, toSchool: true, read: read[NewApplication]},
	ApplicationsDigest{}.kind():  {priority: school, toSchool: true, gap: time.Hour, read: read[ApplicationsDigest]},
	ApplicationDecided{}.kind():  {priority: rest, read: read[ApplicationDecided]},
	PlacePaid{}.kind():           {priority: payment, read: read[PlacePaid]},
}

func read[L Letter](payload string) (Letter, error) {
	var l L
	err := json.Unmarshal([]byte(payload), &l)
	return l, err
}

// Enqueue puts a letter into the outbox as part of tx.
func Enqueue(ctx context.Context, tx *sql.Tx, now time.Time, to To, l Letter) error {
	s := kinds[l.kind()]
	if v, ok := l.(VerifyAddress); ok && to.Address == "" {
		to.Address = v.Address
	}
	if !s.toSchool && to.UserID == "" && to.Address == "" {
		return fmt.Errorf("a letter %q to nobody", l.kind())
	}
	payload, err := json.Marshal(l)
	if err != nil {
		return err
	}
	runAt := now
	if to.After.After(now) {
		runAt = to.After
	}
	r := row{id: to.ID, kind: l.kind(), priority: s.priority, userID: to.UserID, recipient: to.Address, payload: string(payload), dedupe: to.Dedupe}
	if s.gap > 0 {
		r.dedupe = l.kind()
		return insertSpaced(ctx, tx, r, s.gap, now)
	}
	return insert(ctx, tx, r, now, runAt)
}

// EnqueueDigest sees to it that the school will be told of the claims that wait: at once, or 15 minutes after it was
// told last. At most one such letter is queued, and its counts are those of the moment when it is sent.
func EnqueueDigest(ctx context.Context, tx *sql.Tx, now time.Time) error {
	return Enqueue(ctx, tx, now, To{}, ClaimsDigest{})
}

// Clean deletes letters that were sent, or gave up, before a time.
func Clean(ctx context.Context, d *db.DB, before time.Time) error {
	return d.InTx(ctx, func(tx *sql.Tx) error { return deleteBefore(ctx, tx, before) })
}
