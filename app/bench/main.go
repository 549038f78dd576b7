// Command bench fills a copy of a school with many students and orders, and times the pages that have to stay quick
// there. It is a program of its own: nothing of it is in the school's. It takes the school's settings.
//
//	DATA_DIR=/tmp/big go run ./app/bench fill --students 100000
//	DATA_DIR=/tmp/big go run ./app/bench admin --requests 300
//	go run ./app/bench storm --at http://127.0.0.1:8080 --pid PID
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"
	_ "time/tzdata"

	"lectern/app"
	"lectern/app/config"
)

// The admin of a filled copy, and everybody's password there, where the settings name no other.
const (
	adminEmail = "chitra@example.com"
	password   = "chalk-and-slate-27"
)

// limit is what the 99th of 100 requests may take.
const limit = 50 * time.Millisecond

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return errors.New("say fill, admin or storm")
	}
	flags := flag.NewFlagSet("bench "+args[0], flag.ContinueOnError)
	switch args[0] {
	case "fill":
		students := flags.Int("students", 100_000, "how many; there are three orders for each")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return fillCopy(ctx, *students, out)
	case "admin":
		requests := flags.Int("requests", 300, "of each address, one after the other")
		only := flags.String("only", "", "text that an address must have in it")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return timeAdmin(ctx, *requests, *only, out)
	case "storm":
		at := flags.String("at", "http://127.0.0.1:8080", "where the school runs, with this machine as a trusted proxy")
		rate := flags.Int("rate", 200, "wrong logins a second")
		lasts := flags.Duration("for", time.Minute, "how long")
		pid := flags.Int("pid", 0, "its process, whose memory is looked at")
		if err := flags.Parse(args[1:]); err != nil {
			return err
		}
		return storm(ctx, *at, *rate, *lasts, *pid, out)
	}
	return fmt.Errorf("there is no %q: say fill, admin or storm", args[0])
}

// settings are the school's, as its own program reads them.
func settings() (config.Config, error) {
	cfg, err := config.Load(config.Options{})
	if err != nil {
		return cfg, err
	}
	if cfg.Production() {
		return cfg, errors.New("APP_ENV is production: this is for copies")
	}
	return cfg, config.EnsureSecret(&cfg)
}

func open(ctx context.Context, cfg config.Config) (*app.App, error) {
	// The log of requests is written as ever, but nowhere.
	return app.New(ctx, app.Options{Config: cfg, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
}

func fillCopy(ctx context.Context, students int, out io.Writer) error {
	cfg, err := settings()
	if err != nil {
		return err
	}
	if len(cfg.UPIIDs()) == 0 {
		cfg.UPIID1, cfg.UPIID2 = "school@examplebank", "second@examplebank"
	}
	a, err := open(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	empty, err := a.Catalog.Demo(ctx)
	if err != nil {
		return err
	}
	if !empty {
		return errors.New("the database isn't empty, so nothing was added")
	}
	if _, err := a.Accounts.FirstAdmin(ctx, cmp.Or(cfg.AdminEmail, adminEmail), password); err != nil {
		return err
	}
	begin := time.Now()
	if err := fill(ctx, a, students, begin); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d students and %d orders in %s. Students log in with %q.\n", students, 3*students, time.Since(begin).Round(time.Second), password)
	return nil
}

func timeAdmin(ctx context.Context, requests int, only string, out io.Writer) error {
	cfg, err := settings()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	cfg.BaseURL = "http://" + l.Addr().String()
	a, err := open(ctx, cfg)
	if err != nil {
		return err
	}
	defer a.Close()
	stop := serve(l, a.Handler())
	defer stop()
	addresses, err := adminAddresses(ctx, a.DB.Read())
	if err != nil {
		return err
	}
	c, err := signIn(ctx, cfg.BaseURL, cmp.Or(cfg.AdminEmail, adminEmail), cmp.Or(cfg.AdminPassword.Reveal(), password))
	if err != nil {
		return err
	}
	return c.time(ctx, addresses, requests, only, out)
}
