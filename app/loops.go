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
	wg.Go(func() { jobs.Loop(ctx, jobs.LoopOptions{Name: "clean", Work: a.clean, Poll: time.Hour, Log: a.log}) })
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

// clean deletes what has had its time.
func (a *App) clean(ctx context.Context) error {
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
	return mail.Clean(ctx, a.DB, a.now())
}
