package app

import (
	"errors"
	"runtime/debug"
	"strings"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
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

// Explain turns a fault into a sentence for a terminal; other errors stay as they are.
func Explain(err error) error {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err
	}
	en := lang.For("en")
	var lines []string
	for field, m := range f.Fields {
		lines = append(lines, field+": "+en.Text(m))
	}
	if len(lines) == 0 {
		return errors.New(en.Text(f.Msg))
	}
	return errors.New(strings.Join(lines, "\n"))
}
