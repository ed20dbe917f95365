package outbound

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestIsPublic(t *testing.T) {
	for address, want := range map[string]bool{
		"93.184.216.34": true, "2606:2800:220:1:248:1893:25c8:1946": true, "1.1.1.1": true,
		"127.0.0.1": false, "::1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"fe80::1": false, "fd00:ec2::254": false, "224.0.0.1": false, "ff02::1": false, "0.0.0.0": false, "::": false, "255.255.255.255": false,
		"100.100.100.200": false, "::ffff:127.0.0.1": false, "::ffff:169.254.169.254": false, "64:ff9b::a9fe:a9fe": false,
		"2002:7f00:1::": false, "168.63.129.16": false, "192.0.0.192": false, "::127.0.0.1": false,
	} {
		if got := IsPublic(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
}

func TestCheck(t *testing.T) {
	hosts := []string{"docs.example.org", "wiki.example.org:8443"}
	for address, want := range map[string]string{
		"https://docs.example.org/a": "", "http://DOCS.example.org:8080/": "", "https://wiki.example.org:8443/": "",
		"https://wiki.example.org/": "not on the list", "https://docs.example.org.evil.test/": "not on the list",
		"https://u:secret@docs.example.org/": "not a URL", "ftp://docs.example.org/": "only http and https", "docs.example.org": "not a URL", "http://%zz/": "not a URL",
	} {
		err := Check(address, hosts)
		if (err == nil) != (want == "") || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%s: got %v, want %q", address, err, want)
		}
	}
}

func TestTransportRefusesPrivateAddresses(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	for private, want := range map[bool]string{true: "", false: "is not a public address"} {
		transport := Transport(private)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := (&http.Client{Transport: transport}).Do(request)
		if err == nil {
			_ = response.Body.Close()
		}
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("private %v: got %v", private, err)
		}
		transport.CloseIdleConnections()
	}
}
