package parts

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// listed is a file in a Python package index.
type listed struct {
	Filename string
	URL      string
}

// simpleJSON is the content type of an index as JSON (PEP 691).
const simpleJSON = "application/vnd.pypi.simple.v1+json"

// longestPage is the maximum number of bytes that are read of the page of a project.
// The longest page that was seen has 0.3 MB.
const longestPage = 32 << 20

// lookUp returns the file of a package that has the pinned SHA-256 in the index. An
// index answers in JSON or, if it is an older one, in HTML.
func (f *Fetcher) lookUp(ctx context.Context, p pinned) (listed, error) {
	ctx, stop := context.WithTimeout(ctx, f.cfg.Patience)
	defer stop()
	page := f.cfg.Index + "/" + p.project + "/"
	req, err := request(ctx, page)
	if err != nil {
		return listed{}, err
	}
	req.Header.Set("Accept", simpleJSON+", text/html;q=0.5")
	resp, err := f.client.Do(req)
	if err != nil {
		return listed{}, withoutAddress(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return listed{}, fmt.Errorf("it answered HTTP %d for %s", resp.StatusCode, p.project)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, longestPage))
	if err != nil {
		return listed{}, err
	}
	var found listed
	if strings.HasPrefix(resp.Header.Get("Content-Type"), simpleJSON) {
		found, err = fromJSON(body, p.sha256)
	} else {
		found = fromHTML(body, p.sha256)
	}
	if err != nil {
		return listed{}, err
	}
	if found.URL == "" {
		return listed{}, fmt.Errorf("it has no file of %s with the expected SHA-256 %s", p.name(), p.sha256)
	}
	// The address may be relative to the page, which may have moved.
	address, err := resp.Request.URL.Parse(found.URL)
	if err != nil {
		return listed{}, errAddress
	}
	found.URL = address.String()
	return found, nil
}

func fromJSON(body []byte, sum string) (listed, error) {
	var page struct {
		Files []struct {
			Filename, URL string
			Hashes        map[string]string
		}
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return listed{}, fmt.Errorf("read its answer: %w", err)
	}
	for _, file := range page.Files {
		if strings.EqualFold(file.Hashes["sha256"], sum) {
			return listed{file.Filename, file.URL}, nil
		}
	}
	return listed{}, nil
}

// link matches the address of a link in HTML.
var link = regexp.MustCompile(`href\s*=\s*["']([^"']+)["']`)

// fromHTML finds the link whose fragment is the hash, as in #sha256=ab12 (PEP
// 503).
func fromHTML(body []byte, sum string) listed {
	for _, match := range link.FindAllSubmatch(body, -1) {
		address, err := url.Parse(html.UnescapeString(string(match[1])))
		if err != nil || !strings.EqualFold(address.Fragment, "sha256="+sum) {
			continue
		}
		address.Fragment = ""
		return listed{path.Base(address.Path), address.String()}
	}
	return listed{}
}
