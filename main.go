// Command lectern is a school in one binary.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // a small server may have no time zones of its own

	"golang.org/x/term"

	"lectern/app"
	"lectern/app/audit"
	"lectern/app/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.As(err, new(config.Faults)):
		fmt.Fprintln(os.Stderr, err)
		os.Exit(78) // EX_CONFIG of sysexits.h
	default:
		fmt.Fprintln(os.Stderr, "lectern:", err)
		os.Exit(1)
	}
}

// command is one thing that the program can do. Its flags may stand before or after its operands.
type command struct {
	name, args, about string
	run               func(ctx context.Context, c *call) error
}

// call is one run of a command.
type call struct {
	flags    *flag.FlagSet
	operands []string
	in       io.Reader
	out      io.Writer

	demo        *bool
	email, user *string
	head        *string
	factors     *bool
}

var commands = []command{
	{"serve", "[--demo]", "serve the school (also without a command); --demo fills an empty database with six courses", serve},
	{"migrate", "", "bring the database up to this program, and end", migrate},
	{"admin create", "--email E --name N", "make an admin; the password comes from the terminal or standard input", createAdmin},
	{"admin password", "--email E [--factors]", "give somebody a new password, read the same way; all their sessions end, and with --factors the second steps of their login are taken away", setPassword},
	{"audit verify", "[--head HASH]", "prove that nothing in the audit log was changed or removed; --head, that a head noted earlier is still in it", verifyAudit},
	{"mail test", "ADDRESS", "send a test letter now and say how it went", testMail},
	{"version", "", "print the version", printVersion},
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	if len(args) > 0 && slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		fmt.Fprint(out, usage())
		return nil
	}
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		args = append([]string{"serve"}, args...)
	}
	for _, c := range commands {
		words := strings.Fields(c.name)
		if len(args) >= len(words) && slices.Equal(args[:len(words)], words) {
			return c.call(ctx, args[len(words):], in, out)
		}
	}
	return fmt.Errorf("there is no command %q\n\n%s", strings.Join(args, " "), usage())
}

func (c command) call(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("lectern "+c.name, flag.ContinueOnError)
	flags.SetOutput(out)
	flags.Usage = func() { fmt.Fprintf(out, "lectern %s %s\n  %s\n", c.name, c.args, c.about) }
	one := &call{flags: flags, in: in, out: out}
	if strings.Contains(c.args, "--demo") {
		one.demo = flags.Bool("demo", false, "")
	}
	if strings.Contains(c.args, "--head") {
		one.head = flags.String("head", "", "")
	}
	if strings.Contains(c.args, "--factors") {
		one.factors = flags.Bool("factors", false, "")
	}
	if strings.Contains(c.args, "--email") {
		one.email, one.user = flags.String("email", "", ""), flags.String("name", "", "")
	}
	for {
		if err := flags.Parse(args); err != nil {
			return err
		}
		if flags.NArg() == 0 {
			break
		}
		one.operands = append(one.operands, flags.Arg(0))
		args = flags.Args()[1:]
	}
	if want := strings.Count(c.args, "ADDRESS"); len(one.operands) != want {
		flags.Usage()
		return fmt.Errorf("%s takes %d operands, not %d", flags.Name(), want, len(one.operands))
	}
	return c.run(ctx, one)
}

func usage() string {
	var b strings.Builder
	b.WriteString("lectern is a school in one binary.\n\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "  %-42s %s\n", strings.TrimSpace("lectern "+c.name+" "+c.args), c.about)
	}
	b.WriteString("\nSettings come from the environment or a .env file; see .env.example.\n")
	return b.String()
}

// open starts the school without serving it.
func open(ctx context.Context) (*app.App, func(), error) {
	cfg, err := config.Load(config.Options{})
	if err != nil {
		return nil, nil, err
	}
	if err := config.EnsureSecret(&cfg); err != nil {
		return nil, nil, err
	}
	log, closer := app.NewLog(cfg)
	for _, w := range cfg.Warnings {
		log.Warn(w)
	}
	a, err := app.New(ctx, app.Options{Config: cfg, Log: log})
	if err != nil {
		closer.Close()
		return nil, nil, err
	}
	return a, func() { a.Close(); closer.Close() }, nil
}

func serve(ctx context.Context, c *call) error {
	a, end, err := open(ctx)
	if err != nil {
		return err
	}
	defer end()
	if *c.demo {
		filled, err := a.Demo(ctx)
		if err != nil {
			return err
		}
		if !filled {
			fmt.Fprintln(c.out, "--demo: the database isn't empty, so nothing was added.")
		}
	}
	link, err := a.Accounts.SetupLink(ctx)
	if err != nil {
		return err
	}
	if link != "" {
		fmt.Fprintf(c.out, "There is no admin yet. Make one within 24 hours at\n\n  %s\n\n", link)
	}
	return a.Run(ctx)
}

func migrate(ctx context.Context, c *call) error {
	_, end, err := open(ctx)
	if err != nil {
		return err
	}
	end()
	fmt.Fprintln(c.out, "The database is up to date.")
	return nil
}

func createAdmin(ctx context.Context, c *call) error {
	return c.withPassword(ctx, func(a *app.App, password string) error {
		return a.Accounts.CreateAdmin(ctx, *c.email, *c.user, password)
	})
}

func setPassword(ctx context.Context, c *call) error {
	return c.withPassword(ctx, func(a *app.App, password string) error {
		if err := a.Accounts.SetPassword(ctx, *c.email, password); err != nil || !*c.factors {
			return err
		}
		return a.Accounts.ResetFactorsOf(ctx, *c.email)
	})
}

func verifyAudit(ctx context.Context, c *call) error {
	a, end, err := open(ctx)
	if err != nil {
		return err
	}
	defer end()
	proof, err := audit.Verify(ctx, a.DB.Read(), *c.head)
	if err != nil {
		return fmt.Errorf("the audit log doesn't hold: %w", err)
	}
	fmt.Fprintf(c.out, "%d entries are as they were sealed.\n", proof.N)
	if proof.Waiting > 0 {
		fmt.Fprintf(c.out, "%d entries wait to be sealed, the oldest since %s.\n", proof.Waiting, proof.Oldest.UTC().Format(time.RFC3339))
	}
	fmt.Fprintf(c.out, "head %s\n", proof.Hash)
	if !proof.Seen {
		return fmt.Errorf("the head %s isn't in the chain: its end was cut off, or it was made anew", *c.head)
	}
	return nil
}

func (c *call) withPassword(ctx context.Context, do func(a *app.App, password string) error) error {
	a, end, err := open(ctx)
	if err != nil {
		return err
	}
	defer end()
	password, err := c.readPassword()
	if err != nil {
		return err
	}
	if err := do(a, password); err != nil {
		return app.Explain(err)
	}
	fmt.Fprintln(c.out, "Done.")
	return nil
}

// readPassword reads one line: from a terminal unseen, else from standard input as it comes.
func (c *call) readPassword() (string, error) {
	if f, ok := c.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(c.out, "Password: ")
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(c.out)
		return string(b), err
	}
	b, err := io.ReadAll(io.LimitReader(c.in, 4096))
	line, _, _ := strings.Cut(string(b), "\n")
	return strings.TrimSuffix(line, "\r"), err
}

func testMail(ctx context.Context, c *call) error {
	a, end, err := open(ctx)
	if err != nil {
		return err
	}
	defer end()
	if err := a.Mail.TestMail(ctx, c.operands[0]); err != nil {
		return app.Explain(err)
	}
	fmt.Fprintf(c.out, "The mail server took the letter. Look for it at %s, in spam too.\n", c.operands[0])
	return nil
}

func printVersion(_ context.Context, c *call) error {
	fmt.Fprintln(c.out, app.Version())
	return nil
}
