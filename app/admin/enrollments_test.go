package admin_test

import (
	"strings"
	"testing"

	"lectern/app/apptest"
)

func TestEnrollments_WhoIsInWhichCourse(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha, chitra := s.SignIn("asha"), s.SignIn("chitra")
	chitra.Get("/admin/enrollments").Want(200).WantText(".empty", "Nobody is in a course yet")
	bala := register(s, "Bala Nair", "bala@example.com", "98765 43210")
	order := asha.Submit("/courses/programming-foundations-with-python", "#enroll", nil).Want(303).Location()
	asha.Submit(order, "#claim", apptest.Form{"reference": "612345678901"}).Want(303)
	queue := chitra.Get("/admin/payments").Want(200)
	chitra.Send(queue, "form[action$='/verify'][id^='c-']", nil).Want(303)
	var course string
	if err := s.DB.Read().QueryRowContext(t.Context(), `SELECT course_id FROM enrollments`).Scan(&course); err != nil {
		t.Fatal(err)
	}
	chitra.Submit("/admin/students/"+bala, "#enroll", apptest.Form{"course": course, "reason": "Scholarship"}).Want(303)
	p := chitra.Get("/admin/enrollments").Want(200).WantText("tbody tr:first-child", "Bala Nair", "Open", "By hand", "Scholarship").WantText("tbody", "Asha", "By order", code(order))
	if p.Has("tbody tr") != 2 || p.Has("a[href='/admin/students/"+bala+"']") != 1 || p.Has("#course option") < 6 {
		t.Error("the list isn't whole")
	}
	for q, want := range map[string]int{"q=98765-43210": 1, "q=python": 2, "q=asha": 1, "course=" + course: 2, "course=none": 0, "status=ended": 0, "status=open&q=bala": 1, "q=%27&after=none&status=none": 0} {
		if n := chitra.Get("/admin/enrollments?" + q).Want(200).Has("tbody tr"); n != want {
			t.Errorf("%s: %d rows, want %d", q, n, want)
		}
	}
	part := chitra.AsHTMX().Get("/admin/enrollments?q=asha").Want(200)
	if part.Has("header") != 0 || part.Has("section#list tbody tr") != 1 {
		t.Error("htmx got more or less than the list")
	}
	csv := chitra.Get("/admin/enrollments.csv?q=bala").Want(200)
	if !strings.Contains(csv.Body, "Bala Nair,bala@example.com,") || !strings.Contains(csv.Body, "By hand Scholarship") || strings.Contains(csv.Body, "asha@") {
		t.Errorf("CSV: %s", csv.Body)
	}
}
