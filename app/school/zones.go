package school

import (
	_ "embed"
	"strings"
)

//go:embed zones.txt
var zones string

// Zones are the names of time zones to choose from, one at least for each country. Others are taken too.
var Zones = strings.Fields(zones)
