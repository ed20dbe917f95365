package site

import (
	"bytes"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// maxLinks and maxLinkBytes bound the links that are taken from one page, in number and
// in bytes. They are kept in the memory of the page. Not measured.
const (
	maxLinks     = 5000
	maxLinkBytes = 128 << 10
)

// links returns the links of a page to pages on the same host, each once, without
// scheme and host, and the orders of the page to robots, such as "noindex". cut reports
// that links beyond the bounds were left out.
func links(page *url.URL, body []byte) (found []string, cut bool, orders string) {
	base, seen, size := page, map[string]bool{}, 0
	var said strings.Builder
	z := html.NewTokenizer(bytes.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken: // the end, too
			return found, cut, said.String()
		case html.StartTagToken, html.SelfClosingTagToken:
		default:
			continue
		}
		name, more := z.TagName()
		switch tag := string(name); tag {
		case "a", "area", "base", "meta":
			attributes := map[string]string{}
			for more {
				var key, value []byte
				key, value, more = z.TagAttr()
				if _, twice := attributes[string(key)]; !twice { // the first counts
					attributes[string(key)] = string(value)
				}
			}
			switch {
			case tag == "meta":
				if robot := strings.ToLower(attributes["name"]); robot == "robots" || robot == agent {
					said.WriteString("," + attributes["content"])
				}
			case tag == "base":
				if u, ok := normal(page, attributes["href"]); ok && attributes["href"] != "" {
					base = u
				}
			case attributes["href"] == "" || hasOrder(strings.ReplaceAll(strings.ToLower(attributes["rel"]), " ", ","), "nofollow"):
			default:
				u, ok := normal(base, attributes["href"])
				if !ok || u.Scheme != page.Scheme || !strings.EqualFold(u.Host, page.Host) || seen[u.RequestURI()] {
					continue
				}
				link := u.RequestURI()
				if len(found) == maxLinks || size+len(link) > maxLinkBytes {
					cut = true
					continue
				}
				seen[link] = true
				size += len(link)
				found = append(found, link)
			}
		}
	}
}

// hasOrder reports whether a list separated by commas has an entry.
func hasOrder(list, order string) bool {
	for entry := range strings.SplitSeq(list, ",") {
		if strings.TrimSpace(entry) == order {
			return true
		}
	}
	return false
}
