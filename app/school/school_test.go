package school_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lectern/app/audit"
	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/fault"
	"lectern/app/school"
)

var ctx = context.Background()

const chitra = "chitra" // an admin's id

var first = school.First{SiteName: "Asha's School", ContactEmail: "school@example.com", WhatsAppGroup: "https://chat.example.com/x",
	UPIName: "School", UPIIDs: []string{"School@ExampleBank", "", "second@examplebank", "school@examplebank"}}

func seeded(t *testing.T) (*school.Service, *db.DB) {
	t.Helper()
	d := dbtest.New(t)
	s := school.New(school.Options{DB: d, First: first})
	if err := s.Seed(ctx); err != nil {
		t.Fatal(err)
	}
	return s, d
}

func epoch(t *testing.T, s *school.Service) int64 {
	t.Helper()
	n, err := s.Epoch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func settings(t *testing.T, s *school.Service) school.Settings {
	t.Helper()
	v, err := s.Get(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func actions(t *testing.T, d *db.DB, by string) (list []string) {
	t.Helper()
	entries, err := audit.List(ctx, d.Read(), audit.Query{Actor: by, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Action+" "+e.Subject)
	}
	slices.Sort(list)
	return list
}

func TestGet_EmptySchoolHasDefaults(t *testing.T) {
	s := school.New(school.Options{DB: dbtest.New(t)})
	if err := s.Seed(ctx); err != nil {
		t.Fatal(err)
	}
	got := settings(t, s)
	if got.SiteName != "Lectern" || got.OrderExpiry != 48*time.Hour || got.Checking.String() != "daily 19:00-21:00" || got.Accent != "" {
		t.Errorf("got %+v", got)
	}
	if payees, err := s.Payees(ctx); err != nil || len(payees) != 0 {
		t.Errorf("payees: got %v, %v, want none", payees, err)
	}
}

func TestSeed_FirstValuesThenTheAdminsOwn(t *testing.T) {
	s, d := seeded(t)
	got := settings(t, s)
	if got.SiteName != "Asha's School" || got.ContactEmail != "school@example.com" || got.WhatsAppGroup != "https://chat.example.com/x" || got.UPIName != "School" {
		t.Fatalf("got %+v", got)
	}
	payees, err := s.Payees(ctx)
	if err != nil || len(payees) != 2 || payees[0].VPA != "school@examplebank" || payees[1].VPA != "second@examplebank" {
		t.Fatalf("payees: got %v, %v", payees, err)
	}
	before := epoch(t, s)
	again := school.New(school.Options{DB: d, First: school.First{SiteName: "Other", Tagline: "Learn", UPIIDs: []string{"third@examplebank"}}})
	if err := again.Seed(ctx); err != nil {
		t.Fatal(err)
	}
	got = settings(t, s)
	if got.SiteName != "Asha's School" || got.Tagline != "Learn" {
		t.Errorf("after a second start: got %q, %q, want the name kept and the tagline added", got.SiteName, got.Tagline)
	}
	if payees, _ := s.Payees(ctx); len(payees) != 2 {
		t.Errorf("after a second start: got payees %v, want the two", payees)
	}
	if epoch(t, s) == before {
		t.Error("a setting was added, and the epoch stayed")
	}
	before = epoch(t, s)
	if err := again.Seed(ctx); err != nil {
		t.Fatal(err)
	}
	if epoch(t, s) != before {
		t.Error("nothing was added, and the epoch grew")
	}
}

func TestSeed_DefaultOfTheEnvironmentDoesntOccupyASetting(t *testing.T) {
	d := dbtest.New(t)
	for _, name := range []string{"Lectern", "Bala's School"} {
		if err := school.New(school.Options{DB: d, First: school.First{SiteName: name}}).Seed(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if got := settings(t, school.New(school.Options{DB: d})).SiteName; got != "Bala's School" {
		t.Errorf("got %q, want the first name that somebody chose", got)
	}
}

func TestSeed_ManyStartersAtOnce(t *testing.T) {
	d := dbtest.New(t)
	var wg sync.WaitGroup
	for range 24 {
		wg.Go(func() {
			if err := school.New(school.Options{DB: d, First: first}).Seed(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if payees, err := school.New(school.Options{DB: d}).Payees(ctx); err != nil || len(payees) != 2 {
		t.Errorf("got payees %v, %v, want two", payees, err)
	}
	if got := actions(t, d, ""); len(got) != 6 {
		t.Errorf("got audit rows %q, want one for each of 4 settings and 2 payees", got)
	}
}

func TestSave(t *testing.T) {
	s, d := seeded(t)
	before := epoch(t, s)
	err := s.Save(ctx, chitra, map[string]string{"site_name": " New name ", "contact_email": "school@example.com", "contact_phone": "+91 98765 43210",
		"checking_hours": "Tue,MON 9:00-10:00", "order_expiry_hours": "72", "accent": "#0C5A55", "whatsapp_group_link": "", "unknown": "x"})
	if err != nil {
		t.Fatal(err)
	}
	got := settings(t, s)
	if got.SiteName != "New name" || got.ContactPhone != "+91 98765 43210" || got.Checking.String() != "mon,tue 09:00-10:00" ||
		got.OrderExpiry != 72*time.Hour || got.Accent != "#0c5a55" || got.WhatsAppGroup != "" || got.UPIName != "School" {
		t.Errorf("got %+v", got)
	}
	want := []string{"setting.change accent", "setting.change checking_hours", "setting.change contact_phone",
		"setting.change order_expiry_hours", "setting.change site_name", "setting.change whatsapp_group_link"}
	if got := actions(t, d, chitra); !slices.Equal(got, want) {
		t.Errorf("audit: got %q, want %q", got, want)
	}
	if after := epoch(t, s); after != before+1 {
		t.Errorf("epoch went from %d to %d, want one more", before, after)
	}
	if err := s.Save(ctx, chitra, map[string]string{"site_name": "New name"}); err != nil || epoch(t, s) != before+1 || len(actions(t, d, chitra)) != len(want) {
		t.Errorf("saving the same again left a trace: %v", err)
	}
	values, err := s.Values(ctx)
	if err != nil || values["site_name"] != "New name" || values["order_expiry_hours"] != "72" || len(values) != len(school.Descriptors) {
		t.Errorf("values: got %v, %v", values, err)
	}
}

func TestSave_WrongValuesChangeNothing(t *testing.T) {
	s, d := seeded(t)
	wrong := map[string]string{"site_name": " ", "site_tagline": strings.Repeat("a", 301), "contact_email": "Asha <asha@example.com>", "contact_phone": "98 call me",
		"contact_location": "two\nlines", "upi_name": "nul\x00", "instagram_url": "http://example.com", "youtube_url": "javascript:alert(1)", "facebook_url": "https://a@example.com",
		"checking_hours": "sometimes", "order_expiry_hours": "0", "accent": "#ffd700"}
	values := map[string]string{"linkedin_url": "https://example.com/school"}
	for name, v := range wrong {
		values[name] = v
	}
	before := epoch(t, s)
	err := s.Save(ctx, chitra, values)
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Invalid {
		t.Fatalf("got %v, want Invalid", err)
	}
	for name := range wrong {
		if _, ok := f.Fields[name]; !ok {
			t.Errorf("%s: %q was taken", name, wrong[name])
		}
	}
	if len(f.Fields) != len(wrong) {
		t.Errorf("got faults in %v", f.Fields)
	}
	if got := settings(t, s); got.SiteName != "Asha's School" || got.LinkedIn != "" || epoch(t, s) != before || len(actions(t, d, chitra)) != 0 {
		t.Errorf("something changed: %+v", got)
	}
}

func TestGet_BrokenRowCountsAsNotSet(t *testing.T) {
	_, d := seeded(t)
	err := d.InTx(ctx, func(tx *sql.Tx) error {
		return db.Exec(ctx, tx, `INSERT INTO settings (name, value, updated_at) VALUES ('checking_hours', 'when I like', 1), ('order_expiry_hours', '-3', 1)`)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := settings(t, school.New(school.Options{DB: d})); got.Checking.String() != "daily 19:00-21:00" || got.OrderExpiry != 48*time.Hour {
		t.Errorf("got %+v", got)
	}
}

func TestEpoch_IsTrustedForItsAgeAndNoLonger(t *testing.T) {
	d, now := dbtest.New(t), time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)
	s := school.New(school.Options{DB: d, Now: func() time.Time { return now }, EpochAge: school.EpochAge})
	if got := settings(t, s).SiteName; got != "Lectern" {
		t.Fatal(got)
	}
	before := epoch(t, s)
	other := school.New(school.Options{DB: d}) // another copy of the program
	if err := other.Save(ctx, chitra, map[string]string{"site_name": "New"}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(school.EpochAge - time.Millisecond)
	if epoch(t, s) != before {
		t.Error("the epoch was read again before its age")
	}
	now = now.Add(time.Millisecond)
	if epoch(t, s) != before+1 || settings(t, s).SiteName != "New" {
		t.Error("after its age the change isn't seen")
	}
	if err := s.Save(ctx, chitra, map[string]string{"site_name": "Newer"}); err != nil || settings(t, s).SiteName != "Newer" {
		t.Errorf("%v: who saves doesn't see it at once", err)
	}
	now = now.Add(-time.Hour)
	if err := other.Save(ctx, chitra, map[string]string{"site_name": "Newest"}); err != nil || settings(t, s).SiteName != "Newest" {
		t.Errorf("%v: a clock that was set back hides a change", err)
	}
}

func TestBump_EachCounts(t *testing.T) {
	s, d := seeded(t)
	before := epoch(t, s)
	var wg sync.WaitGroup
	for range 24 {
		wg.Go(func() {
			if err := d.InTx(ctx, func(tx *sql.Tx) error { return school.Bump(ctx, tx) }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if after := epoch(t, s); after != before+24 {
		t.Errorf("epoch went from %d to %d, want 24 more", before, after)
	}
}

func TestPayees_InactiveOnesAreLeftOut(t *testing.T) {
	s, d := seeded(t)
	err := d.InTx(ctx, func(tx *sql.Tx) error {
		if err := db.Exec(ctx, tx, `UPDATE payees SET active = FALSE WHERE vpa = 'school@examplebank'`); err != nil {
			return err
		}
		return school.Bump(ctx, tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	payees, err := s.Payees(ctx)
	if err != nil || len(payees) != 1 || payees[0].VPA != "second@examplebank" || payees[0].ID == "" || payees[0].Merchant {
		t.Errorf("got %+v, %v, want the second", payees, err)
	}
}
