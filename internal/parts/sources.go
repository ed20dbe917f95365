package parts

import (
	"cmp"
	"net"
	"net/http"
	"time"

	"selfrag/internal/models"
)

// hubPatience is how long Hugging Face may send nothing before the packages are
// used in its place, and hubDial how long it may take to connect. Both are short
// because there is another source. Not measured.
const (
	hubPatience = 10 * time.Second
	hubDial     = 3 * time.Second
)

// Hub returns the configuration of Hugging Face, from the variables of the
// environment that its own client reads.
func Hub(getenv func(string) string) models.Config {
	return models.Config{
		Endpoint: getenv("HF_ENDPOINT"), Token: getenv("HF_TOKEN"), Patience: hubPatience,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: hubDial}).DialContext,
			TLSHandshakeTimeout: hubDial, ForceAttemptHTTP2: true,
		},
	}
}

// Index returns the address of the Python package index: asked, or what the
// environment names. pip's own variable counts, too, because whoever has a
// mirror has named it there.
func Index(getenv func(string) string, asked string) string {
	return cmp.Or(asked, getenv("SELFRAG_PACKAGE_INDEX"), getenv("PIP_INDEX_URL"), DefaultIndex)
}

// Maven returns the address of the Maven repository: asked, or what the
// environment names.
func Maven(getenv func(string) string, asked string) string {
	return cmp.Or(asked, getenv("SELFRAG_MAVEN"), DefaultMaven)
}
