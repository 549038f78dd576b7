package site

import (
	"context"
	"strings"

	"lectern/views"
)

// sign is a piece of a User-Agent header and the name of what sends it.
type sign struct{ piece, name string }

// Browsers pretend to be older ones, so the first piece that is found counts: apps that show pages, then what is built
// on Chrome, then Chrome and Safari themselves. The same goes for systems.
var (
	browsers = []sign{
		{"Instagram", "Instagram"}, {"FBAN/", "Facebook"}, {"FBAV/", "Facebook"}, {"WhatsApp", "WhatsApp"},
		{"SamsungBrowser", "Samsung Internet"}, {"UCBrowser", "UC Browser"}, {"MiuiBrowser", "Mi Browser"}, {"HeyTapBrowser", "HeyTap"},
		{"VivoBrowser", "vivo"}, {"OPR/", "Opera"}, {"Opera", "Opera"}, {"Brave", "Brave"}, {"YaBrowser", "Yandex"}, {"DuckDuckGo", "DuckDuckGo"},
		{"Edg", "Edge"}, {"Firefox", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chrome", "Chrome"}, {"Safari", "Safari"},
	}
	systems = []sign{
		{"KAIOS", "KaiOS"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"CrOS", "ChromeOS"}, {"Windows", "Windows"},
		{"Macintosh", "Mac"}, {"Linux", "Linux"},
	}
)

// device names a browser and what it runs on, in the words that their owner uses.
func device(ctx context.Context, agent string) string {
	browser, system := named(browsers, agent), named(systems, agent)
	switch {
	case browser == "" && system == "":
		return views.T(ctx, "profile.device.unknown")
	case browser == "":
		return system
	case system == "":
		return browser
	}
	return views.T(ctx, "profile.device", "browser", browser, "system", system)
}

func named(signs []sign, agent string) string {
	for _, s := range signs {
		if strings.Contains(agent, s.piece) {
			return s.name
		}
	}
	return ""
}
