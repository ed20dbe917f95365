// Package outbound decides which servers a program may fetch from. It keeps an
// address in a document, a page or a redirect from leading into the local network.
package outbound

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// Check returns an error unless a URL may be fetched. The URL must be http or https,
// contain no user or password, and have a host that is in hosts. An entry of hosts
// is HOST or HOST:PORT. The error does not contain the URL.
func Check(address string, hosts []string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil:
		return errors.New("not a URL that can be fetched")
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%s is not fetched: only http and https URLs are", u.Scheme)
	}
	return CheckHost(u, hosts)
}

// CheckHost returns an error unless the host of a URL is in hosts. It does not check
// the scheme.
func CheckHost(u *url.URL, hosts []string) error {
	for _, host := range hosts {
		if strings.EqualFold(host, u.Hostname()) || strings.EqualFold(host, u.Host) {
			return nil
		}
	}
	return fmt.Errorf("host %s is not on the list of allowed hosts: allow it with --allow-url %s", u.Hostname(), u.Hostname())
}

// Transport returns a transport that connects only to public addresses, or to all
// addresses if private is set. It checks the address when the connection is made, so
// a redirect, or a host name that changes its address, cannot lead elsewhere. It uses
// no proxy, because the connections of a proxy are not checked. The caller must close
// its idle connections.
func Transport(private bool) *http.Transport {
	dialer := net.Dialer{Timeout: 10 * time.Second}
	if !private {
		dialer.Control = refusePrivate
	}
	return &http.Transport{
		DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
	}
}

// refusePrivate is the Control function of a net.Dialer. It gets the address that a
// host name resolved to, just before the connection is made, and returns an error
// unless the address is public.
func refusePrivate(_, address string, _ syscall.RawConn) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("address %s: %w", address, err)
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return fmt.Errorf("address %s: %w", address, err)
	}
	return CheckPublic(ip)
}

// CheckPublic returns an error unless an address is public. See IsPublic.
func CheckPublic(ip netip.Addr) error {
	if !IsPublic(ip) {
		return fmt.Errorf("%s is not a public address", ip)
	}
	return nil
}

// IsPublic reports whether an address is a public address on the internet. It returns
// false for private and local addresses, for addresses of cloud metadata
// (169.254.169.254, fd00:ec2::254), and for addresses that contain another one
// (NAT64, 6to4, IPv4-mapped, Teredo).
func IsPublic(ip netip.Addr) bool {
	ip = ip.Unmap()
	if !ip.IsGlobalUnicast() || ip.IsPrivate() || ip.Zone() != "" {
		return false
	}
	for _, reserved := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
		"203.0.113.0/24", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
		"fec0::/10", "::/96", "168.63.129.16/32", // the last one is for Azure's metadata
	} {
		if netip.MustParsePrefix(reserved).Contains(ip) {
			return false
		}
	}
	return true
}
