package ollama

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
)

const defaultPort = "11434"

// parseAddress parses the address of a server. It follows the rules of Ollama's
// own command line for OLLAMA_HOST. It returns an error for a mistake, such as
// a port out of range, that Ollama corrects silently.
func parseAddress(address string) (*url.URL, error) {
	address = strings.TrimSpace(address)
	if address == "" {
		address = strings.Trim(os.Getenv("OLLAMA_HOST"), " \t\"'")
	}
	if address == "" {
		address = "127.0.0.1"
	}
	written := address
	schemed := strings.Contains(address, "://")
	if !schemed {
		// A bare IPv6 address has colons of its own.
		if ip := net.ParseIP(address); ip != nil && strings.Contains(address, ":") {
			address = "[" + address + "]"
		}
		address = "http://" + address
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("the address %q is neither host:port nor a URL: %w", written, err)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("the address %q starts with %s://, but Ollama speaks http or https", written, u.Scheme)
	}
	host, port := u.Hostname(), u.Port()
	if n, err := strconv.Atoi(port); port != "" && (err != nil || n < 1 || n > 65535) {
		return nil, fmt.Errorf("the address %q has no valid port: it goes from 1 to 65535", written)
	}
	// A server can listen on the unspecified address, but a client has to name
	// a machine.
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
		if ip != nil && ip.To4() == nil {
			host = "::1"
		}
	}
	if port == "" && !schemed {
		port = defaultPort
	}
	switch {
	case port != "":
		u.Host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"):
		u.Host = "[" + host + "]"
	default:
		u.Host = host
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return u, nil
}
