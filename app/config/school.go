package config

import (
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// upiID is the shape of a UPI address (VPA): a name of 2 to 256 letters, digits, dots, hyphens and underscores, and the
// handle of a bank or app.
var upiID = regexp.MustCompile(`^[A-Za-z0-9._-]{2,256}@[A-Za-z][A-Za-z0-9]{1,63}$`)

var phone = regexp.MustCompile(`^[+(]?[0-9][0-9 ()./-]{5,24}$`)

// checkSchool looks at what the environment only gives a first value. Package school checks what admins type later.
func (c *Config) checkSchool(faults *Faults) {
	for name, text := range map[string]string{"SITE_NAME": c.SiteName, "SITE_TAGLINE": c.SiteTagline,
		"CONTACT_LOCATION": c.ContactLocation, "UPI_NAME": c.UPIName} {
		if limit := 200; utf8.RuneCountInString(text) > limit {
			faults.add(name, "It must have %d characters or less.", limit)
		}
	}
	faults.email("CONTACT_EMAIL", c.ContactEmail)
	if c.ContactPhone != "" && !phone.MatchString(c.ContactPhone) {
		faults.add("CONTACT_PHONE", "Write a phone number, such as +91 98765 43210.")
	}
	for name, link := range map[string]string{"INSTAGRAM_URL": c.InstagramURL, "YOUTUBE_URL": c.YouTubeURL,
		"FACEBOOK_URL": c.FacebookURL, "LINKEDIN_URL": c.LinkedInURL, "WHATSAPP_GROUP_LINK": c.WhatsAppGroupLink} {
		if u, err := url.Parse(link); link != "" && (err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil) {
			faults.add(name, "Write the whole address, beginning with https://")
		}
	}
	for name, id := range map[string]string{"UPI_ID_1": c.UPIID1, "UPI_ID_2": c.UPIID2, "UPI_ID_3": c.UPIID3} {
		if id != "" && !upiID.MatchString(id) {
			faults.add(name, "Write the UPI ID as the bank's app shows it: name@handle, without spaces.")
		}
		if c.Production() && strings.HasSuffix(strings.ToLower(id), "@examplebank") {
			faults.add(name, "It is the sample of .env.example, and students would pay to it. Write the school's own, or remove the line.")
		}
	}
}
