package content

// Standards are the pages that every school has, each at the address of its name, in the order of the list.
var Standards = []string{"about", "services", "faq", "privacy", "terms", "refunds"}

// Reserved are the first parts of addresses that the program answers itself, now or soon. A page can't be there.
var Reserved = append([]string{
	"account", "admin", "blog", "certificates", "confirm", "contact", "courses", "dashboard", "email", "enroll", "favicon", "feed", "files", "healthz",
	"home", "internships", "invite", "learn", "login", "logout", "manifest", "metrics", "orders", "password", "pay", "readyz", "register",
	"robots", "search", "setup", "sitemap", "static", "theme", "unsubscribe", "webhooks",
}, Standards...)
