package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"lectern/app/db"
	"lectern/app/search"
)

// Names as they are written in Latin letters, in Devanagari and in Urdu, the commonest first.
var (
	firstNames = [][3]string{
		{"Asha", "आशा", "آشا"}, {"Priya", "प्रिया", "پریا"}, {"Rahul", "राहुल", "راہل"}, {"Mohammed", "मोहम्मद", "محمد"}, {"Anjali", "अंजलि", "انجلی"},
		{"Amit", "अमित", "امت"}, {"Fatima", "फ़ातिमा", "فاطمہ"}, {"Bala", "बाला", "بالا"}, {"Sneha", "स्नेहा", "سنیہا"}, {"Imran", "इमरान", "عمران"},
		{"Kavya", "काव्या", "کاویا"}, {"Vikram", "विक्रम", "وکرم"}, {"Ayesha", "आयशा", "عائشہ"}, {"Rohan", "रोहन", "روہن"}, {"Lakshmi", "लक्ष्मी", "لکشمی"},
		{"Arjun", "अर्जुन", "ارجن"}, {"Meera", "मीरा", "میرا"}, {"Sanjay", "संजय", "سنجے"}, {"Zainab", "ज़ैनब", "زینب"}, {"Deepak", "दीपक", "دیپک"},
		{"Nisha", "निशा", "نشا"}, {"Harpreet", "हरप्रीत", "ہرپریت"}, {"Gopal", "गोपाल", "گوپال"}, {"Shabnam", "शबनम", "شبنم"}, {"Tara", "तारा", "تارا"},
		{"Omkar", "ओमकार", "اومکار"}, {"Jaya", "जया", "جیا"}, {"Yusuf", "यूसुफ़", "یوسف"}, {"Esha", "ईशा", "ایشا"}, {"Kabir", "कबीर", "کبیر"},
		{"Urvashi", "उर्वशी", "اروشی"}, {"Bilal", "बिलाल", "بلال"}, {"Chandra", "चंद्र", "چندر"}, {"Noor", "नूर", "نور"}, {"Dev", "देव", "دیو"},
	}
	lastNames = [][3]string{
		{"Kumar", "कुमार", "کمار"}, {"Sharma", "शर्मा", "شرما"}, {"Singh", "सिंह", "سنگھ"}, {"Khan", "ख़ान", "خان"}, {"Rao", "राव", "راؤ"},
		{"Patel", "पटेल", "پٹیل"}, {"Das", "दास", "داس"}, {"Bhat", "भट", "بٹ"}, {"Reddy", "रेड्डी", "ریڈی"}, {"Ansari", "अंसारी", "انصاری"},
		{"Nair", "नायर", "نائر"}, {"Gupta", "गुप्ता", "گپتا"}, {"Wani", "वानी", "وانی"}, {"Iyer", "अय्यर", "ایر"}, {"Joshi", "जोशी", "جوشی"},
		{"Mir", "मीर", "میر"}, {"Chowdhury", "चौधरी", "چودھری"}, {"Verma", "वर्मा", "ورما"}, {"Lone", "लोन", "لون"}, {"Pillai", "पिल्लई", "پلئی"},
		{"Kaur", "कौर", "کور"}, {"Yadav", "यादव", "یادو"}, {"Qureshi", "क़ुरैशी", "قریشی"}, {"Mehta", "मेहता", "مہتا"}, {"Dar", "डार", "ڈار"},
		{"Subramanian", "सुब्रमण्यम", "سبرامنیم"}, {"Shah", "शाह", "شاہ"}, {"Banerjee", "बनर्जी", "بنرجی"}, {"Kaul", "कौल", "کول"}, {"Thomas", "थॉमस", "تھامس"},
	}
)

// rareName is one student's, and no other's.
const rareName = "Zubin Ochterlony"

// student is who orders belong to.
type student struct {
	id    string
	since time.Time
}

// pick draws from a list whose first entries are the commonest.
func pick[T any](r *rand.Rand, list []T) T {
	return list[int(math.Pow(r.Float64(), 1.6)*float64(len(list)))]
}

// name draws a name and how its owner's address begins. Of ten, one is written in Devanagari; of twenty, one in Urdu.
func name(r *rand.Rand) (name, local string) {
	script := 0
	switch n := r.IntN(20); {
	case n < 2:
		script = 1
	case n == 2:
		script = 2
	}
	first, last := pick(r, firstNames), pick(r, lastNames)
	name = first[script] + " " + last[script]
	if script == 0 && r.IntN(20) == 0 {
		name = first[0] + " " + string(rune('A'+r.IntN(26))) + ". " + last[0]
	}
	return name, strings.ToLower(first[0])
}

// domains: the oldest tenth of the students came over from an older school, with addresses there.
func domain(r *rand.Rand, i, n int) string {
	switch {
	case i < n/10:
		return "example.org"
	case r.IntN(5) == 0:
		return "example.net"
	}
	return "example.com"
}

// enrol makes the rows of student i of n, who came on that day.
func (t *town) register(out rows, i, n int, since time.Time) student {
	s := student{id: id(since), since: since}
	full, local := name(t.r)
	if i == n*2/3 {
		full = rareName
	}
	email := fmt.Sprintf("%s%d@%s", local, i, domain(t.r, i, n))
	phone, digits := "", ""
	if t.r.IntN(10) > 0 {
		digits = fmt.Sprintf("%d", 7000000000+int64(i)*26417%2999999999)
		phone = "+91" + digits
	}
	var verified, deactivated any
	if t.r.IntN(5) > 0 {
		verified = db.Millis(since.Add(time.Hour))
	}
	if t.r.IntN(100) == 0 && since.Before(t.now.AddDate(0, -1, 0)) {
		deactivated = db.Millis(since.AddDate(0, 1, 0))
	}
	out.add("users", s.id, email, email, verified, full, phone, t.hash, db.Millis(since), deactivated)
	for _, w := range search.Words(strings.Join([]string{full, email, strings.TrimPrefix(phone, "+"), digits}, " ")) {
		out.add("terms", "student", w, s.id)
	}
	if i%10 == 0 || since.After(t.now.AddDate(0, 0, -90)) {
		seen := t.between(since, t.now)
		out.add("sessions", id(since), token(), s.id, db.Millis(since), db.Millis(since), db.Millis(seen), db.Millis(since.AddDate(0, 0, 90)), true)
	}
	t.record(out, since, s.id, "account.register", "user", s.id, nil)
	t.letter(out, since, "welcome", 4, s.id, struct{}{})
	return s
}
