package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

const (
	// maxBody is more than any event has.
	maxBody = 1 << 20
	// window is how old a request may be, by Slack's own advice: who records
	// one cannot send it again later.
	window = 5 * time.Minute
)

var errForged = errors.New("the request is not Slack's, or too old")

// read returns the body of a request that Slack signed. The signature is of
// the body's very bytes, so it is checked before anything is read from them.
// https://docs.slack.dev/authentication/verifying-requests-from-slack
func read(w http.ResponseWriter, r *http.Request, secret []byte, now time.Time) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, err
	}
	stamp := r.Header.Get("X-Slack-Request-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return nil, errForged
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > window || age < -window {
		return nil, errForged
	}
	// In constant time: how long it takes tells nothing of what is right.
	if !hmac.Equal([]byte(r.Header.Get("X-Slack-Signature")), []byte(sign(secret, stamp, body))) {
		return nil, errForged
	}
	return body, nil
}

func sign(secret []byte, stamp string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("v0:" + stamp + ":")) // never fails
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}
