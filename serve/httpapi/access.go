package httpapi

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"selfrag/serve"
)

// identify finds the caller of a request by its key and stores the caller's
// scope in the exchange.
func (s *Server) identify(x *exchange) error {
	// Another web site must not use the browser of somebody on this machine to
	// reach the server.
	if err := s.origins.Check(x.r); err != nil && !x.fromKeyOrigin {
		return &serve.Error{Kind: serve.Forbidden, Message: "requests from other web sites are refused", Err: err}
	}
	required, err := s.cfg.Authority.Required(x.ctx())
	if err != nil {
		return err
	}
	key, given := bearer(x.r)
	switch {
	case !required && !s.cfg.NeedKey && !x.fromKeyOrigin:
		// Some clients always send a key, so any key is accepted. The host is
		// checked because a web page could reach a server without keys through
		// a domain name that points to this machine.
		if !isLocalHost(x.r.Host) {
			return &serve.Error{Kind: serve.Forbidden, Message: "without keys this server takes requests for localhost only"}
		}
		x.identity = Identity{ID: serve.Local, Grant: s.cfg.Anonymous}
	case !given:
		return &serve.Error{Kind: serve.Unauthorised, Message: "send a key: Authorization: Bearer KEY"}
	default:
		if x.identity, err = s.cfg.Authority.Identify(x.ctx(), key); err != nil {
			return err
		}
	}
	if err := x.checkOrigin(); err != nil {
		return err
	}
	x.scope = s.cfg.Service.For(x.identity.Grant)
	return nil
}

// checkOrigin returns an error if the caller's key may not be used from the
// page that the request came from.
func (x *exchange) checkOrigin() error {
	own := x.identity.Origins
	if len(own) == 0 && !x.fromKeyOrigin || slices.Contains(own, x.r.Header.Get("Origin")) {
		return nil
	}
	return &serve.Error{Kind: serve.Forbidden, Message: "this key may not be used from this web site"}
}

func bearer(r *http.Request) (string, bool) {
	scheme, key, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(key) == "" {
		return "", false
	}
	return strings.TrimSpace(key), true
}

// allowedHeaders are the request headers allowed to clients in browsers:
// headers of this API, headers of MCP, and headers that OpenAI's JavaScript
// client adds to each request.
const allowedHeaders = "Authorization, Content-Type, X-Request-Id, Mcp-Session-Id, Mcp-Protocol-Version, Mcp-Method, Mcp-Name, Last-Event-ID, " +
	"OpenAI-Organization, OpenAI-Project, X-Stainless-Arch, X-Stainless-Custom-Poll-Interval, X-Stainless-Helper-Method, X-Stainless-Lang, X-Stainless-OS, " +
	"X-Stainless-Package-Version, X-Stainless-Poll-Helper, X-Stainless-Retry-Count, X-Stainless-Runtime, X-Stainless-Runtime-Version, X-Stainless-Timeout"

// cors allows requests from the configured origins and answers their
// preflights. It does the same for the origins of keys, on the routes that such
// a key may use. A preflight has no key, so identify checks later whether the
// key belongs to the origin.
func (s *Server) cors(x *exchange, of route) (preflight bool) {
	origin := x.r.Header.Get("Origin")
	if origin == "" {
		return false
	}
	if !slices.Contains(s.cfg.Origins, origin) {
		if of.need == nothing && !of.asking {
			return false
		}
		if x.fromKeyOrigin = s.isKeyOrigin(x, origin); !x.fromKeyOrigin || !of.asking {
			return false
		}
	}
	h := x.w.Header()
	h.Set("Access-Control-Allow-Origin", origin)
	h.Add("Vary", "Origin")
	h.Set("Access-Control-Expose-Headers", "X-Request-Id, Retry-After, Mcp-Session-Id, "+armHeader)
	if x.r.Method != http.MethodOptions || x.r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, POST, PATCH, DELETE")
	h.Set("Access-Control-Allow-Headers", allowedHeaders)
	h.Set("Access-Control-Max-Age", "600")
	x.w.WriteHeader(http.StatusNoContent)
	return true
}

// isKeyOrigin reports whether a key may be used from the pages of an origin.
func (s *Server) isKeyOrigin(x *exchange, origin string) bool {
	if s.cfg.KeyOrigins == nil {
		return false
	}
	origins, err := s.cfg.KeyOrigins(x.ctx())
	if err != nil {
		s.cfg.Log.ErrorContext(x.ctx(), "the origins of the keys cannot be read", "request", x.id, "error", err)
	}
	return slices.Contains(origins, origin)
}

// isLocalHost reports whether a Host header names this machine.
func isLocalHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
