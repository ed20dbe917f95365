package slack

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
	// maxBody is larger than any event.
	maxBody = 1 << 20
	// window is the maximum age of a request, as Slack recommends. It keeps
	// somebody who recorded a request from sending it again later.
	window = 5 * time.Minute
)

var errForged = errors.New("the request is not Slack's, or too old")

// read returns the body of a request that Slack signed. The signature covers
// the bytes of the body, so it is checked before the body is parsed.
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
	// The comparison takes constant time, so that the time reveals nothing
	// about the signature.
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
