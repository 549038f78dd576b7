package students

import (
	"strings"
	"unicode"
)

// Fields are what a column can hold, in the order in which they are asked for.
var Fields = []string{"name", "surname", "email", "phone", "course", "tags", "note"}

// spellings are headers as people write them, without case, blanks and signs, each with its field.
var spellings = byHeader(map[string]string{
	"name":    "name fullname studentname student firstname givenname nameofstudent nameofthestudent studentsname candidatename candidate participant learner नाम पूरानाम",
	"surname": "surname lastname familyname secondname उपनाम",
	"email":   "email mail emailaddress mailaddress emailid mailid gmail gmailid emails studentemail ईमेल इमेल",
	"phone":   "phone mobile phoneno phonenumber phonenum mobileno mobilenumber mob mobno cell cellphone tel telephone contact contactno contactnumber whatsapp whatsappno whatsappnumber फोन मोबाइल",
	"course":  "course coursename coursetitle class program programme पाठ्यक्रम कोर्स",
	"tags":    "tag tags label labels group groups batch category",
	"note":    "note notes remark remarks comment comments टिप्पणी",
})

func byHeader(fields map[string]string) map[string]string {
	m := map[string]string{}
	for field, headers := range fields {
		for _, h := range strings.Fields(headers) {
			m[h] = field
		}
	}
	return m
}

// folded leaves of a header its letters and marks.
func folded(header string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, header)
}

// isHeader reports whether a first row names its columns: it holds a name that we know, and no mail address.
func isHeader(row []string) bool {
	known := false
	for _, c := range row {
		if strings.Contains(c, "@") {
			return false
		}
		known = known || spellings[folded(c)] != ""
	}
	return known
}

// guess finds the column of each field: by its header, else mail addresses, numbers and names by what stands in them.
func guess(t Table) map[string]int {
	m := map[string]int{}
	taken := map[int]bool{}
	take := func(field string, column int) {
		if _, has := m[field]; !has && !taken[column] {
			m[field], taken[column] = column, true
		}
	}
	for i, c := range t.Columns {
		if field := spellings[folded(c)]; field != "" {
			take(field, i)
		}
	}
	for _, field := range []string{"email", "phone", "name"} {
		if _, has := m[field]; has {
			continue
		}
		best, most := -1, 0
		for i := range t.Columns {
			if n := like(t, i, field); !taken[i] && n > most {
				best, most = i, n
			}
		}
		if best >= 0 {
			take(field, best)
		}
	}
	return m
}

// like counts the cells of a column, of the first rows, that look like a field's.
func like(t Table, column int, field string) (n int) {
	for _, l := range t.Rows[:min(len(t.Rows), 50)] {
		c := l.Cells[column]
		digits, letters := 0, 0
		for _, r := range c {
			if unicode.IsDigit(r) {
				digits++
			} else if unicode.IsLetter(r) {
				letters++
			}
		}
		switch {
		case field == "email" && strings.Contains(c, "@"),
			field == "phone" && digits >= 10 && digits <= 15 && letters == 0,
			field == "name" && t.Columns[column] == "" && letters > 1 && digits == 0 && !strings.Contains(c, "@"):
			n++
		}
	}
	return n
}
