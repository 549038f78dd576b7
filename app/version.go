package app

import (
	"errors"
	"maps"
	"runtime/debug"
	"slices"
	"strings"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/mail"
)

// Version names the build: the module's version or the commit, the Go release and the database that it speaks.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "lectern, unknown build"
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (version == "" || version == "(devel)") {
			version = s.Value[:min(12, len(s.Value))]
		}
	}
	return strings.Join([]string{"lectern", version, db.Kind, info.GoVersion}, " ")
}

// Explain turns a fault, or what a mail server said, into sentences for a terminal; other errors stay as they are.
func Explain(err error) error {
	en := lang.For("en")
	var p *mail.Problem
	if errors.As(err, &p) {
		return errors.New(strings.TrimSpace(en.Text(p.Msg()) + "\n" + p.Answer))
	}
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err
	}
	var lines []string
	for _, field := range slices.Sorted(maps.Keys(f.Fields)) {
		lines = append(lines, field+": "+en.Text(f.Fields[field]))
	}
	if len(lines) == 0 {
		return errors.New(en.Text(f.Msg))
	}
	return errors.New(strings.Join(lines, "\n"))
}
