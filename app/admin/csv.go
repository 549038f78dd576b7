package admin

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"lectern/views"
)

const (
	csvRows = 1000            // rows read at a time
	csvTime = 5 * time.Minute // that a download may take
)

// download sends a list as a table for other programs; columns are keys of the catalogue, list returns the next rows and
// whether there are more. It is written while it is read; where that fails, the download is broken off rather than ended
// as if it were whole.
func download[T any](p *Pages, w http.ResponseWriter, r *http.Request, name string, columns []string,
	list func(context.Context) (rows []T, next string, err error), cells func(context.Context, T) []string) error {
	// A school of 100,000 on a slow line takes longer than the time of an ordinary request.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), csvTime)
	defer cancel()
	rows, next, err := list(ctx)
	if err != nil {
		return err
	}
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(csvTime)) // where it can't be set, the server's own holds
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%s.csv"`, name, p.now(ctx).Format(time.DateOnly)))
	titles := make([]string, len(columns))
	for i, key := range columns {
		titles[i] = views.T(ctx, key)
	}
	for out := newTable(w, titles); ; {
		for _, row := range rows {
			out.row(cells(ctx, row)...)
		}
		if err := out.flush(); err != nil {
			panic(http.ErrAbortHandler) // the browser has left
		}
		if next == "" {
			return nil
		}
		if rows, next, err = list(ctx); err != nil {
			p.Kit.Log.Error("download", "of", name, "err", err)
			panic(http.ErrAbortHandler)
		}
	}
}

// table writes CSV as RFC 4180 has it, in UTF-8 with a byte order mark, without which Excel takes names in Devanagari for
// Windows-1252.
type table struct{ out *csv.Writer }

func newTable(w io.Writer, columns []string) table {
	io.WriteString(w, "\ufeff") // a failure comes back from flush
	t := table{csv.NewWriter(w)}
	t.out.UseCRLF = true
	t.row(columns...)
	return t
}

// row writes one row; what fails is told by flush.
func (t table) row(cells ...string) {
	safe := make([]string, len(cells))
	for i, c := range cells {
		safe[i] = inert(c)
	}
	t.out.Write(safe)
}

func (t table) flush() error {
	t.out.Flush()
	return t.out.Error()
}

// inert puts an apostrophe before a cell that a spreadsheet would run as a formula, as OWASP's page on CSV injection
// advises.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}
