package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	fetchTime    = time.Minute // maximum time for one URL, including redirects and body
	maxRedirects = 5
)

func isURL(path string) bool {
	lower := strings.ToLower(path)
	return strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://")
}

// url adds a document on the web to the files found. It is fetched only when the
// run loads it.
func (f *finding) url(cfg Config, address string) {
	if err := allowed(address, cfg.AllowURLs); err != nil {
		f.failed = append(f.failed, Failure{address, err})
		return
	}
	f.add(file{source: address, loader: func(ctx context.Context, _ file, maxBytes int64, yield func(loaded) error) error {
		got, err := fetch(ctx, cfg, address, maxBytes)
		if err != nil {
			l := loaded{err: err}
			l.doc.Source = address
			return yield(l)
		}
		got.source = address
		return got.loader(ctx, got, maxBytes, yield)
	}})
}

// allowed returns an error unless a URL may be fetched: it must be http or https,
// have no password in it, and have a host in hosts.
func allowed(address string, hosts []string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil:
		return errors.New("not a URL that can be fetched")
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%s is not fetched: only http and https URLs are", u.Scheme)
	}
	for _, host := range hosts {
		if strings.EqualFold(host, u.Hostname()) || strings.EqualFold(host, u.Host) {
			return nil
		}
	}
	return fmt.Errorf("host %s is not on the list of allowed hosts: allow it with --allow-url %s", u.Hostname(), u.Hostname())
}

// fetch downloads the whole file at a URL. It checks addresses at the moment of
// the connection, so that neither a redirect nor a host name that changes its
// address leads into the local network.
func fetch(ctx context.Context, cfg Config, address string, maxBytes int64) (file, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	dialer := net.Dialer{Timeout: 10 * time.Second}
	if !cfg.allowPrivate {
		dialer.Control = refusePrivate
	}
	transport := &http.Transport{ // no proxy, because it would make the connection, unchecked
		DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second,
		ResponseHeaderTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true,
	}
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport, CheckRedirect: func(r *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects {
			return fmt.Errorf("more than %d redirects", maxRedirects)
		}
		return allowed(r.URL.String(), cfg.AllowURLs)
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return file{}, fmt.Errorf("not a URL that can be fetched: %w", err)
	}
	request.Header.Set("User-Agent", "selfrag")
	response, err := client.Do(request)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) { // its message would repeat the address
			err = failed.Err
		}
		return file{}, fmt.Errorf("cannot be fetched: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return file{}, fmt.Errorf("cannot be fetched: the server answers %s", response.Status)
	}
	load, err := loaderForContent(response.Header.Get("Content-Type"), response.Request.URL.Path)
	if err != nil {
		return file{}, err
	}
	raw, err := readAll(response.Body, 0, maxBytes)
	if err != nil {
		return file{}, fmt.Errorf("fetch: %w", err)
	}
	modified, _ := http.ParseTime(response.Header.Get("Last-Modified")) // many servers do not send it
	return file{loader: load, bytes: int64(len(raw)), modified: modified, open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(string(raw))), nil
	}}, nil
}

// loaderForContent returns the loader for a content type. If the content type says
// little, such as application/octet-stream, it goes by the name.
func loaderForContent(contentType, name string) (loader, error) {
	kind, _, _ := mime.ParseMediaType(contentType)
	extension, known := "", false
	for _, t := range fileTypes() {
		if kind != "" && slices.Contains(strings.Fields(t.contentTypes), kind) {
			extension, known = t.extension, true
		}
	}
	if !known && slices.Contains([]string{"", "text/plain", "application/octet-stream"}, kind) {
		extension = path.Ext(name)
		if kind == "text/plain" && loaderFor(extension) == nil {
			extension = ".txt"
		}
	}
	if l := loaderFor(extension); l != nil {
		return l, nil
	}
	return nil, fmt.Errorf("content of type %q is not supported; archives never are", contentType)
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
	if !isPublic(ip) {
		return fmt.Errorf("%s is not a public address", ip)
	}
	return nil
}

// isPublic reports whether an address is a public one on the internet. It returns
// false for private and local addresses, for addresses of cloud metadata
// (169.254.169.254, fd00:ec2::254), and for addresses that contain another one
// (NAT64, 6to4, IPv4-mapped, Teredo).
func isPublic(ip netip.Addr) bool {
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
