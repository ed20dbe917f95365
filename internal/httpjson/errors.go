package httpjson

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ErrBrokenOff is wrapped by errors about an answer that ended too early.
var ErrBrokenOff = errors.New("the answer broke off")

// StatusError says that the API refused a request.
type StatusError struct {
	Host    string
	Status  int    // HTTP status, or the status that an error inside an answer stands for
	Message string // the server's message, shortened
	// Said is the server's message up to 4,000 letters.
	Said string
	// Code is the API's own code for the failure, such as
	// "context_length_exceeded"; empty if it gives none.
	Code string
	// RetryAfter is how long the server asks to wait; 0 if it does not.
	RetryAfter time.Duration
}

func (e *StatusError) Error() string {
	said := ""
	if e.Message != "" {
		said = ": " + e.Message
	}
	switch {
	case e.QuotaSpent():
		return fmt.Sprintf("%s says that the quota of the key is spent (HTTP %d)%s", e.Host, e.Status, said)
	case e.Status == http.StatusUnauthorized, e.Status == http.StatusForbidden:
		return fmt.Sprintf("%s refused the key (HTTP %d)%s", e.Host, e.Status, said)
	case e.Status == http.StatusNotFound:
		return fmt.Sprintf("%s has no such address or model (HTTP 404)%s", e.Host, said)
	case e.Status == http.StatusTooManyRequests:
		return fmt.Sprintf("%s asks to send fewer requests (HTTP 429)%s", e.Host, said)
	}
	return fmt.Sprintf("%s answered HTTP %d%s", e.Host, e.Status, said)
}

// QuotaSpent reports whether the API says that a paid quota is used up, so that
// waiting does not help. If the server says how long to wait, the limit is
// temporary.
func (e *StatusError) QuotaSpent() bool {
	switch {
	case e.Status == http.StatusPaymentRequired || e.Code == "insufficient_quota":
		return true
	case e.RetryAfter > 0 || e.Status != http.StatusTooManyRequests && e.Status != http.StatusForbidden && e.Status != http.StatusBadRequest:
		return false
	}
	said := strings.ToLower(e.Said)
	for _, words := range []string{
		"current quota", "insufficient balance", "insufficient credit", "credit balance", "out of credits", "billing",
		"잔액", "크레딧", "할당량을 모두", "한도를 모두",
	} {
		if strings.Contains(said, words) {
			return true
		}
	}
	return false
}

// UnreachableError says that a server cannot be used now. Nothing answers at
// the address, something other than the API answers, or the server says that it
// is too busy or broken.
type UnreachableError struct {
	Server string // "https://host:port"
	Err    error
}

func (e *UnreachableError) Error() string {
	remedy := "check the address, and whether the server runs"
	if refused, ok := e.Err.(*StatusError); ok { //nolint:errorlint // what it holds, not what that wraps
		switch {
		case refused.QuotaSpent():
			remedy = "check the plan and the billing of its key"
		case refused.RetryAfter >= time.Second:
			remedy = "try again in " + refused.RetryAfter.Round(time.Second).String()
		default:
			remedy = "try again later"
		}
	}
	return fmt.Sprintf("%s cannot be used: %v: %s", e.Server, e.Err, remedy)
}

// Unwrap returns the cause.
func (e *UnreachableError) Unwrap() error { return e.Err }

// Unreachable returns true: the server cannot be used.
func (e *UnreachableError) Unreachable() bool { return true }

// ComeBack returns how long the server asks to wait, or 0 if it does not.
func (e *UnreachableError) ComeBack() time.Duration {
	if refused := (*StatusError)(nil); errors.As(e.Err, &refused) {
		return refused.RetryAfter
	}
	return 0
}

// Answers reports whether something answered at the address.
func (e *UnreachableError) Answers() bool {
	return errors.Is(e.Err, ErrBrokenOff) || errors.As(e.Err, new(*formError)) || errors.As(e.Err, new(*StatusError))
}

// formError says that the server at an address does not speak the API.
type formError struct{ what string }

func (e *formError) Error() string { return e.what }

// noAPI returns the error for an address that answered with something other
// than the API.
func noAPI(u *url.URL, what string) error {
	return &UnreachableError{server(u), &formError{fmt.Sprintf("it answered %s with %s in place of JSON", cmp.Or(u.Path, "/"), what)}}
}

// brokenOff returns the error for an answer that ended too early. cause may be
// nil.
func brokenOff(u *url.URL, cause error) error {
	if cause == nil {
		return &UnreachableError{server(u), ErrBrokenOff}
	}
	return &UnreachableError{server(u), fmt.Errorf("%w: %w", ErrBrokenOff, cause)}
}
