package parts

import (
	"cmp"
	"net"
	"net/http"
	"time"

	"selfrag/internal/models"
)

// hubPatience is the time without any data, and hubDial the time without a
// connection, after which the packages are used instead of Hugging Face. Both are
// short because there is another source. Not measured.
const (
	hubPatience = 10 * time.Second
	hubDial     = 3 * time.Second
)

// Hub returns the configuration of Hugging Face. It reads the same variables of the
// environment as Hugging Face's own client.
func Hub(getenv func(string) string) models.Config {
	return models.Config{
		Endpoint: getenv("HF_ENDPOINT"), Token: getenv("HF_TOKEN"), Patience: hubPatience,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: hubDial}).DialContext,
			TLSHandshakeTimeout: hubDial, ForceAttemptHTTP2: true,
		},
	}
}

// Index returns the address of the Python package index: asked or, if it is empty,
// the address in the environment. The variable of pip counts, too, because people
// with a mirror have set it there.
func Index(getenv func(string) string, asked string) string {
	return cmp.Or(asked, getenv("SELFRAG_PACKAGE_INDEX"), getenv("PIP_INDEX_URL"), DefaultIndex)
}

// Maven returns the address of the Maven repository: asked or, if it is empty, the
// address in the environment.
func Maven(getenv func(string) string, asked string) string {
	return cmp.Or(asked, getenv("SELFRAG_MAVEN"), DefaultMaven)
}
