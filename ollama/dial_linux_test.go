package ollama_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"
	"testing"
	"time"

	"selfrag/ollama"
)

func TestDialDeadline(t *testing.T) {
	client := dial(t, ollama.Config{Address: deafAddress(t), DialTimeout: 100 * time.Millisecond})
	start := time.Now()
	err := client.Ping(t.Context())
	var unreachable *ollama.UnreachableError
	if !errors.As(err, &unreachable) {
		t.Errorf("want an UnreachableError, got %v", err)
	}
	if took := time.Since(start); took < 100*time.Millisecond || took > 100*time.Millisecond+promptly {
		t.Errorf("took %s", took)
	}
}

// deafAddress never answers a connection: its queue has room for one, which is taken, and nobody accepts.
func deafAddress(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
	for {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		taken, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		cancel()
		if err != nil {
			return address
		}
		t.Cleanup(func() { taken.Close() })
	}
}
