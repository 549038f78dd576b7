package config

import (
	"fmt"
	"net/netip"
	"strings"
)

// Proxies are the peers whose X-Forwarded-For header is believed.
type Proxies struct {
	Networks []netip.Prefix
	Unix     bool // whoever may connect to the Unix socket, which its file mode decides
}

// UnmarshalText reads addresses and networks with commas between, the word `unix`, or `none` alone.
func (p *Proxies) UnmarshalText(text []byte) error {
	*p = Proxies{}
	if strings.EqualFold(strings.TrimSpace(string(text)), "none") {
		return nil
	}
	for item := range strings.SplitSeq(string(text), ",") {
		item = strings.ToLower(strings.TrimSpace(item))
		if item == "unix" {
			p.Unix = true
			continue
		}
		network, err := netip.ParsePrefix(item)
		if err != nil {
			addr, err := netip.ParseAddr(item)
			if err != nil || addr.Zone() != "" {
				return fmt.Errorf("%q is no address", item)
			}
			addr = addr.Unmap()
			network = netip.PrefixFrom(addr, addr.BitLen())
		}
		p.Networks = append(p.Networks, network.Masked())
	}
	return nil
}

// String is what UnmarshalText reads.
func (p Proxies) String() string {
	items := make([]string, 0, len(p.Networks)+1)
	for _, network := range p.Networks {
		items = append(items, network.String())
	}
	if p.Unix {
		items = append(items, "unix")
	}
	if len(items) == 0 {
		return "none"
	}
	return strings.Join(items, ",")
}

// Trusts reports whether the peer at remoteAddr, as http.Request has it, is a trusted proxy. Peers on a Unix socket have
// no address: "@" or nothing.
func (p Proxies) Trusts(remoteAddr string) bool {
	if remoteAddr == "" || strings.HasPrefix(remoteAddr, "@") || strings.HasPrefix(remoteAddr, "/") {
		return p.Unix
	}
	peer, err := netip.ParseAddrPort(remoteAddr)
	if err != nil {
		return false
	}
	addr := peer.Addr().Unmap().WithZone("")
	for _, network := range p.Networks {
		if network.Contains(addr) {
			return true
		}
	}
	return false
}

func (p Proxies) everybody() bool {
	for _, network := range p.Networks {
		if network.Bits() == 0 {
			return true
		}
	}
	return false
}
