// Command assets writes the compressed copies that the static package embeds: NAME.br and NAME.gz beside each
// compressible file of a folder. Its output depends on the content alone, so that -check can tell stale copies.
//
//	go run -C .ci/tools ./assets [-check]
package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/andybalholm/brotli"
)

var compressible = []string{".css", ".js", ".svg", ".txt", ".webmanifest"}

var encoders = []struct {
	ext  string
	open func(io.Writer) io.WriteCloser
}{
	{".br", func(w io.Writer) io.WriteCloser { return brotli.NewWriterLevel(w, brotli.BestCompression) }},
	{".gz", func(w io.Writer) io.WriteCloser { z, _ := gzip.NewWriterLevel(w, gzip.BestCompression); return z }},
}

func main() {
	check := flag.Bool("check", false, "write nothing, fail where a copy is missing, stale or without its original")
	dir := flag.String("dir", "../../static", "the folder of the originals")
	flag.Parse()
	if err := run(*dir, *check); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

// run brings the copies in dir up to date or, with check, joins one error for each that isn't.
func run(dir string, check bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	var faults []error
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		switch ext := filepath.Ext(name); {
		case slices.Contains(compressible, ext):
			faults = append(faults, pack(name, check))
		case ext == ".br" || ext == ".gz":
			faults = append(faults, orphan(name, check))
		}
	}
	return errors.Join(faults...)
}

// pack writes or checks the copies of one original.
func pack(name string, check bool) error {
	plain, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	for _, enc := range encoders {
		var want bytes.Buffer
		w := enc.open(&want)
		if _, err := w.Write(plain); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		copyName := name + enc.ext
		have, err := os.ReadFile(copyName)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err == nil && bytes.Equal(have, want.Bytes()) {
			continue
		}
		if check {
			return fmt.Errorf("%s is missing or stale: run `go run -C .ci/tools ./assets`", copyName)
		}
		if err := os.WriteFile(copyName, want.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// orphan removes or, with check, reports a copy whose original is gone.
func orphan(name string, check bool) error {
	_, err := os.Stat(name[:len(name)-len(filepath.Ext(name))])
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if check {
		return fmt.Errorf("%s has no original", name)
	}
	return os.Remove(name)
}
