package views

import (
	"net/url"
	"strings"
)

// WhatsApp is the address that opens a chat with phone, a number in any notation with its country code, and text ready
// to send. Without a phone WhatsApp asks whom it is for.
func WhatsApp(phone, text string) string {
	address := "https://wa.me/" + strings.TrimPrefix(Telephone(phone), "+")
	if text != "" {
		address += "?text=" + strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
	}
	return address
}
