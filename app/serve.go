package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Run serves until ctx ends, then drains: what was being answered is answered, what was being sent is sent or given
// back, and the database is closed in order. It returns nil after a clean end.
func (a *App) Run(ctx context.Context) error {
	l, err := listen(ctx, a.cfg.Addr)
	if err != nil {
		return err
	}
	return a.Serve(ctx, l)
}

// Serve is Run on a listener that is already open.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	open := connections{}
	srv := &http.Server{
		ConnState:         open.note,
		Handler:           a.handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       150 * time.Second, // longer than the proxy keeps its connections, or it would meet closed ones
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	loops, stopLoops := context.WithCancel(context.WithoutCancel(ctx))
	defer stopLoops()
	done := a.startLoops(loops)

	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	a.log.Info("serving", "address", l.Addr().String(), "url", a.cfg.BaseURL)

	select {
	case err := <-failed:
		stopLoops()
		<-done
		return err
	case <-ctx.Done():
	}
	a.log.Info("draining")
	a.draining.Store(true)
	if a.cfg.Env != "development" {
		time.Sleep(time.Second) // answers now say "Connection: close", so that connections which are kept run out
	}
	l.Close()
	<-failed // by now every connection that was accepted is known
	stopLoops()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	open.rest(end)
	err := srv.Shutdown(end)
	<-done
	if errors.Is(err, context.DeadlineExceeded) {
		a.log.Warn("some requests took too long to finish and were cut off")
		err = srv.Close()
	}
	a.log.Info("stopped")
	return err
}

// connections knows the connections that are owed an answer: being answered, or accepted and not heard yet. Shutdown
// knows them too, but closes those whose request it reads after it was called.
type connections struct {
	mu   sync.Mutex
	owed map[net.Conn]bool
}

func (c *connections) note(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.owed == nil {
		c.owed = map[net.Conn]bool{}
	}
	if state == http.StateNew || state == http.StateActive {
		c.owed[conn] = true
	} else {
		delete(c.owed, conn)
	}
}

// rest returns when no connection is owed an answer, or ctx ends.
func (c *connections) rest(ctx context.Context) {
	for ctx.Err() == nil {
		c.mu.Lock()
		n := len(c.owed)
		c.mu.Unlock()
		if n == 0 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// listen opens host:port or unix:PATH; a socket passed by systemd (LISTEN_FDS, sd_listen_fds(3)) wins.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	if n, _ := strconv.Atoi(os.Getenv("LISTEN_FDS")); n >= 1 && os.Getenv("LISTEN_PID") == strconv.Itoa(os.Getpid()) {
		f := os.NewFile(3, "LISTEN_FD_3")
		defer f.Close()
		return net.FileListener(f)
	}
	path, unix := strings.CutPrefix(addr, "unix:")
	if !unix {
		return new(net.ListenConfig).Listen(ctx, "tcp", addr)
	}
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return nil, errors.New("ADDR: another process already serves " + path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	return l, os.Chmod(path, 0o660) // #nosec G302 -- the proxy, in the group, has to write to the socket
}
