package app

import (
	"io"
	"log/slog"
	"os"

	"gopkg.in/natefinch/lumberjack.v2"

	"lectern/app/config"
)

// NewLog returns the log that the settings ask for, and what to close at the end. A file is rotated at 10 MB, 10 kept.
func NewLog(cfg config.Config) (*slog.Logger, io.Closer) {
	var out io.WriteCloser = keepOpen{os.Stderr}
	if cfg.LogFile != "" {
		out = &lumberjack.Logger{Filename: cfg.LogFile, MaxSize: 10, MaxBackups: 10}
	}
	o := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(out, o)), out
	}
	return slog.New(slog.NewTextHandler(out, o)), out
}

type keepOpen struct{ io.Writer }

func (keepOpen) Close() error { return nil }
