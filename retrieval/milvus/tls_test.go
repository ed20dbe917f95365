package milvus

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// The token is sent to a server only over trusted TLS.
func TestTLSAndToken(t *testing.T) {
	https := httptest.NewTLSServer(nil) // for its certificate
	defer https.Close()
	var mu sync.Mutex
	var tokens []string
	server := grpc.NewServer(
		grpc.Creds(credentials.NewTLS(&tls.Config{Certificates: https.TLS.Certificates, MinVersion: tls.VersionTLS12})),
		grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
			method, _ := grpc.MethodFromServerStream(stream)
			if strings.HasSuffix(method, "/Connect") {
				return status.Error(codes.Unimplemented, "as old servers answer")
			}
			mu.Lock()
			defer mu.Unlock()
			md, _ := metadata.FromIncomingContext(stream.Context())
			tokens = append(tokens, md.Get("authorization")...)
			return status.Error(codes.Unauthenticated, "wrong token")
		}))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	defer serving.Wait()
	defer server.Stop()

	roots := x509.NewCertPool()
	roots.AddCert(https.Certificate())
	trusted := &tls.Config{RootCAs: roots, ServerName: "example.com", MinVersion: tls.VersionTLS12}
	cfg := Config{Address: "https://" + listener.Addr().String(), TLS: trusted, Token: "user:password", Retries: -1}
	if _, err := Open(t.Context(), cfg); err == nil || strings.Contains(err.Error(), "password") {
		t.Errorf("got %v, want a refusal without the token in it", err)
	}
	want := base64.StdEncoding.EncodeToString([]byte("user:password"))
	mu.Lock()
	if len(tokens) == 0 || tokens[0] != want {
		t.Errorf("the server got the tokens %q, want %q", tokens, want)
	}
	tokens = nil
	mu.Unlock()

	cfg.TLS = nil // the system does not trust the certificate
	if _, err := Open(t.Context(), cfg); err == nil {
		t.Error("a certificate that nobody vouches for was taken")
	}
	cfg.Address = strings.TrimPrefix(cfg.Address, "https://")
	if _, err := Open(t.Context(), cfg); err == nil {
		t.Error("a server that speaks TLS was taken without")
	}
	mu.Lock()
	defer mu.Unlock()
	if len(tokens) > 0 {
		t.Errorf("the token went out to a server that is not trusted: %q", tokens)
	}
}
