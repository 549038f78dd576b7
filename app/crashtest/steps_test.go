package crashtest

import (
	"fmt"
	"net/http"
	"strings"
)

// courses of the demo that the students here take, one after the other.
var courses = []string{"web-development-foundations", "programming-foundations-with-python", "data-science-and-analytics"}

// wrongAnswer is an answer that came, and isn't the one that a step is for.
type wrongAnswer struct{ step, got string }

func (e *wrongAnswer) Error() string { return e.step + ": " + e.got }

// leads returns where a step led, or a wrongAnswer unless that begins with to. Other errors are the network's: nobody
// knows then whether the step was done.
func leads(step, to string, g page, err error) (string, error) {
	if err != nil {
		return "", fmt.Errorf("%s: %w", step, err)
	}
	if g.status != http.StatusSeeOther || !strings.HasPrefix(g.location, to) {
		return "", &wrongAnswer{step, g.String()}
	}
	return g.location, nil
}

// String says in short what a page is.
func (g page) String() string {
	if g.location != "" {
		return fmt.Sprintf("%d to %s", g.status, g.location)
	}
	doc, err := g.parse()
	if err != nil {
		return err.Error()
	}
	words := text(doc, "main")
	return fmt.Sprintf("%d %s", g.status, words[:min(len(words), 300)])
}

// submit opens a page and sends the form with that action on it.
func (p *person) submit(path, action string, typed map[string]string) (page, error) {
	form, err := p.get(path)
	if err != nil || form.status == http.StatusSeeOther {
		return form, err
	}
	return p.send(form, action, typed)
}

// register makes an account. Done again it logs in.
func (p *person) register(email string) (page, error) {
	return p.submit("/register", "/register", map[string]string{"name": "Asha", "email": email, "password": password})
}

func (p *person) logIn(email string) (page, error) {
	return p.submit("/login", "/login", map[string]string{"email": email, "password": password, "remember": "1"})
}

// enroll leads to the order for a course.
func (p *person) enroll(slug string) (page, error) {
	return p.submit("/courses/"+slug, "/courses/"+slug+"/enroll", nil)
}

func (p *person) claim(code, reference string) (page, error) {
	return p.submit("/orders/"+code, "/orders/"+code+"/claims", map[string]string{"reference": reference})
}

// waiting returns the queue of claims and the ids of those that can be verified there.
func (p *person) waiting() (queue page, claims []string, err error) {
	queue, err = p.get("/admin/payments")
	if err != nil {
		return queue, nil, err
	}
	if queue.status != http.StatusOK {
		return queue, nil, &wrongAnswer{"the queue", queue.String()}
	}
	doc, err := queue.parse()
	if err != nil {
		return queue, nil, err
	}
	for _, form := range doc.Find("form[action$='/verify']").EachIter() {
		if id, _ := strings.CutPrefix(form.AttrOr("action", ""), "/admin/payments/"); strings.Contains(id, "/") {
			claims = append(claims, strings.TrimSuffix(id, "/verify"))
		}
	}
	return queue, claims, nil
}

func (p *person) verify(queue page, claim string) (page, error) {
	return p.send(queue, "/admin/payments/"+claim+"/verify", nil)
}

// arrived returns for each Message-ID the addresses that the mail server took it for, in order.
func arrived(s *school) map[string][]string {
	all := map[string][]string{}
	for _, m := range s.smtp.Messages() {
		all[m.ID] = append(all[m.ID], m.To...)
	}
	return all
}
