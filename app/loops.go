package app

import (
	"context"
	"sync"
	"time"

	"lectern/app/audit"
	"lectern/app/jobs"
	"lectern/app/mail"
)

// startLoops begins what runs beside the requests; the channel closes when all of it has ended after ctx.
func (a *App) startLoops(ctx context.Context) <-chan struct{} {
	var wg sync.WaitGroup
	wg.Go(func() { a.Mail.Run(ctx) })
	wg.Go(func() { a.Jobs.Run(ctx) })
	wg.Go(func() { jobs.Loop(ctx, jobs.LoopOptions{Name: "clean", Work: a.Clean, Poll: time.Hour, Log: a.log}) })
	wg.Go(func() {
		jobs.Loop(ctx, jobs.LoopOptions{Name: "files", Work: a.Files.Sweep, Poll: time.Hour, Log: a.log})
	})
	sealer := audit.Sealer{DB: a.DB, Now: time.Now, Log: func(h audit.Head) { a.log.Info("audit sealed", "entries", h.N, "head", h.Hash) }}
	wg.Go(func() {
		jobs.Loop(ctx, jobs.LoopOptions{Name: "seal", Work: sealer.Run, Poll: 10 * time.Second, Log: a.log})
	})
	wg.Go(func() {
		jobs.Loop(ctx, jobs.LoopOptions{Name: "prices", Work: a.Catalog.ApplyPrices, Poll: 5 * time.Second, Log: a.log})
	})
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	return done
}

// Clean deletes what has had its time.
func (a *App) Clean(ctx context.Context) error {
	if err := a.Accounts.Clean(ctx); err != nil {
		return err
	}
	if err := a.Payments.Clean(ctx); err != nil {
		return err
	}
	if err := jobs.Clean(ctx, a.DB, a.now()); err != nil {
		return err
	}
	if err := a.Internships.Clean(ctx); err != nil {
		return err
	}
	return a.expire(ctx)
}

// expire deletes what the school keeps only for a while.
func (a *App) expire(ctx context.Context) error {
	s, err := a.School.Get(ctx)
	if err != nil {
		return err
	}
	if err := a.Students.EraseAsked(ctx); err != nil {
		return err
	}
	now := a.now()
	if err := a.Inbox.Expire(ctx, now.AddDate(0, -s.KeepMessages, 0)); err != nil {
		return err
	}
	if err := a.Internships.Expire(ctx, now.AddDate(0, -s.KeepApplications, 0)); err != nil {
		return err
	}
	return mail.Clean(ctx, a.DB, now.AddDate(0, 0, -s.KeepLetters))
}
