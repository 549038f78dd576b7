package crashtest

import (
	"bytes"
	"database/sql"
	"fmt"
	"image"
	"image/png"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lectern/app/content"
	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/files"
	"lectern/app/files/picture"
	settings "lectern/app/school"
)

// old are the tables of schema 6 that hold what a school must never lose, each with what the program itself may write
// there at its start.
var old = map[string][]string{
	"users": nil, "settings": nil, "payees": nil, "audit": nil, "courses": nil, "sections": nil, "lessons": nil, "orders": nil,
	"claims": {"told_at"}, "receipts": nil, "allocations": nil, "grants": nil, "enrollments": nil, "terms": nil,
}

// TestUpdate_EveryReleasedSchema starts today's program on the data of each released one (testdata/school-NNNN.sql, rows
// that the program of that schema wrote): every row is still there, and so is what the people of that school could do.
func TestUpdate_EveryReleasedSchema(t *testing.T) {
	dumps, err := filepath.Glob("testdata/school-*.sql")
	if err != nil || len(dumps) == 0 {
		t.Fatal("no dumps", err)
	}
	for _, dump := range dumps {
		t.Run(filepath.Base(dump), func(t *testing.T) {
			s := newSchool(t)
			version, _ := strconv.ParseInt(regexp.MustCompile(`\d+`).FindString(dump), 10, 64)
			before := load(t, s, dump, version)
			s.start()
			after := rows(t, s.database(), before)
			for table, list := range before {
				for _, row := range list {
					if !slices.Contains(after[table], row) {
						t.Errorf("%s: lost or changed: %s", table, row)
					}
				}
			}
			checkSnapshot(t, s, version)
			stillWorks(t, s)
		})
	}
}

// load makes the database of a released program and returns its rows.
func load(t *testing.T, s *school, dump string, version int64) map[string][]string {
	t.Helper()
	d := dbtest.Open(t, s.env["DATABASE_URL"])
	if err := d.MigrateTo(ctx, version); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(dump)
	if err != nil {
		t.Fatal(err)
	}
	err = d.InTx(ctx, func(tx *sql.Tx) error {
		for i, one := range strings.Split(string(text), ";\nINSERT ") {
			if i > 0 {
				one = "INSERT " + one
			}
			if err := db.Exec(ctx, tx, strings.TrimSuffix(one, ";\n")); err != nil {
				return fmt.Errorf("%.60s…: %w", one, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	before := rows(t, d, nil)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	return before
}

// columns of each table, as they were when it was read first: later schemas may add some.
var columns = map[string][]string{}

// rows returns every row of the old tables as text, by column.
func rows(t *testing.T, d *db.DB, before map[string][]string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for table, free := range old {
		choice := "*"
		if before != nil {
			choice = strings.Join(columns[table], ", ")
		}
		found, err := d.Read().QueryContext(ctx, `SELECT `+choice+` FROM `+table)
		if err != nil {
			t.Fatal(err)
		}
		names, err := found.Columns()
		if err != nil {
			t.Fatal(err)
		}
		columns[table] = names
		for found.Next() {
			values, into := make([]any, len(names)), make([]any, len(names))
			for i := range values {
				into[i] = &values[i]
			}
			if err := found.Scan(into...); err != nil {
				t.Fatal(err)
			}
			row := map[string]any{}
			for i, name := range names {
				if !slices.Contains(free, name) {
					row[name] = values[i]
				}
			}
			all[table] = append(all[table], fmt.Sprint(row))
		}
		if err := found.Err(); err != nil {
			t.Fatal(err)
		}
		if len(all[table]) == 0 {
			t.Errorf("%s: empty", table)
		}
	}
	return all
}

// checkSnapshot wants the file that the database was before, which a server of PostgreSQL doesn't have.
func checkSnapshot(t *testing.T, s *school, version int64) {
	t.Helper()
	if db.Kind == "PostgreSQL" {
		return
	}
	found, _ := filepath.Glob(filepath.Join(s.env["DATA_DIR"], "backups", fmt.Sprintf("before-%04d-*.db", version)))
	if len(found) != 1 {
		t.Fatalf("snapshots: %v", found)
	}
	d := dbtest.Open(t, "sqlite:"+found[0])
	if n := count(t, d, `SELECT count(*) FROM orders`); n != 3 {
		t.Errorf("%d orders in the snapshot, want 3", n)
	}
}

// stillWorks logs in the people of the dump: what was theirs is theirs.
func stillWorks(t *testing.T, s *school) {
	t.Helper()
	asha, chitra := s.visitor(), s.visitor()
	d := s.database()
	one := func(query string) string {
		v, err := db.Value[string](ctx, d.Read(), query)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	paid, claimed := one(`SELECT code FROM orders WHERE status = 'paid'`), one(`SELECT code FROM orders WHERE id IN (SELECT order_id FROM claims WHERE status = 'waiting')`)
	g, err := asha.logIn("asha@example.com")
	if _, err := leads("Asha logs in", "/", g, err); err != nil {
		t.Fatal(err)
	}
	g, err = chitra.logIn("chitra@example.com")
	if _, err := leads("Chitra logs in", "/", g, err); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		who  *person
		path string
		says string
	}{
		{s.visitor(), "/", "Chinar Academy"}, {s.visitor(), "/courses", "Web Development"}, {s.visitor(), "/courses/" + courses[2], "Data Science"},
		{asha, "/dashboard", "Web Development"}, {asha, "/learn/" + courses[0], "Web Development"}, {asha, "/orders/" + paid, "₹"},
		{asha, "/orders/" + claimed, "6123 4567 8901"}, {chitra, "/admin/payments", "Asha"}, {chitra, "/admin/orders/" + paid, "Asha"},
		{chitra, "/admin/students", "Bala"}, {chitra, "/admin/audit", "Chitra"},
	} {
		g, err := c.who.get(c.path)
		if err != nil || g.status != http.StatusOK || !strings.Contains(string(g.body), c.says) {
			t.Errorf("%s: %v, %v; want %q in it", c.path, g, err, c.says)
		}
	}
	queue, claims, err := chitra.waiting()
	if err != nil || len(claims) != 1 {
		t.Fatalf("%d claims wait, %v", len(claims), err)
	}
	g, err = chitra.verify(queue, claims[0])
	if _, err := leads("the claim of before the update is verified", "/admin/payments", g, err); err != nil {
		t.Error(err)
	}
	if g, err := asha.get("/learn/" + courses[1]); err != nil || g.status != http.StatusOK {
		t.Errorf("the second course: %v, %v", g, err)
	}
}

// TestUpdate_ProgramReplaced is what an update does: the new program lies in another folder, the old folder is gone, the
// data directory is the same. Pictures, settings and pages are all there.
func TestUpdate_ProgramReplaced(t *testing.T) {
	s := newSchool(t)
	folder := install(t, s)
	s.start()
	s.stop()
	names := decorate(t, s)
	s.start()
	before := everything(t, s, names)
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	s.stop()
	install(t, s)
	s.start()
	after := everything(t, s, names)
	for _, address := range slices.Sorted(maps.Keys(before)) {
		if before[address] != after[address] {
			t.Errorf("%s isn't what it was before the update", address)
		}
	}
	page, err := s.visitor().get("/about")
	if err != nil || page.status != http.StatusOK || !strings.Contains(string(page.body), "We teach in the old mill.") {
		t.Errorf("the page: %v, %v", page, err)
	}
	page, err = s.visitor().get("/")
	if err != nil || !strings.Contains(string(page.body), "The Mill School") {
		t.Errorf("the settings: %v, %v", page, err)
	}
}

// install puts the program into a folder of its own, from which it then runs.
func install(t *testing.T, s *school) (folder string) {
	t.Helper()
	folder = t.TempDir()
	program, err := os.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	s.program = filepath.Join(folder, "lectern")
	if err := os.WriteFile(s.program, program, 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}

// decorate gives the school a name, a page, a logo with its icons, and a picture for each of its courses.
func decorate(t *testing.T, s *school) (names []string) {
	t.Helper()
	d := s.database()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	rooms := settings.New(settings.Options{DB: d})
	must(rooms.Save(ctx, "", map[string]string{"site_name": "The Mill School"}))
	pages := content.New(content.Options{DB: d, School: rooms, Country: "IN"})
	_, err := pages.SavePage(ctx, "", "about", 0, content.PageForm{Title: "About", Slug: "about", Body: "We teach in the old mill."})
	must(err)
	f := files.New(files.Options{DB: d, Dir: filepath.Join(s.env["DATA_DIR"], "uploads")})
	use := func(use, name string) {
		must(d.InTx(ctx, func(tx *sql.Tx) error { return files.Use(ctx, tx, time.Now(), use, name) }))
		names = append(names, name)
	}
	for i := range 6 {
		img := image.NewNRGBA(image.Rect(0, 0, 400+100*i, 300))
		for p := range img.Pix {
			img.Pix[p] = uint8(i*40 + p%4*20)
		}
		var b bytes.Buffer
		must(png.Encode(&b, img))
		name, err := f.Picture(ctx, "", &b)
		must(err)
		use(fmt.Sprintf("course:%d", i), name)
	}
	icons, err := f.Icons(ctx, "", names[0])
	must(err)
	use("setting:icons", icons)
	return names
}

// everything returns what the server answers for each file of each picture.
func everything(t *testing.T, s *school, names []string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range names {
		p, ok := picture.Parse(name)
		if !ok {
			t.Fatal(name)
		}
		for _, file := range p.Files() {
			g, err := s.visitor().get(picture.Prefix + file)
			if err != nil || g.status != http.StatusOK || len(g.body) == 0 {
				t.Errorf("%s: %v, %v", file, g, err)
			}
			all[file] = string(g.body)
		}
	}
	return all
}
