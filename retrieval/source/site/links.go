package site

import (
	"bytes"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

// maxLinks is the maximum number of links that are taken from one page.
const maxLinks = 5000

// links returns the links of a page to pages on the same host, each once and without
// scheme and host. orders holds the page's instructions to robots, such as "noindex".
func links(page *url.URL, body []byte) (found []string, orders string) {
	base, seen := page, map[string]bool{}
	z := html.NewTokenizer(bytes.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken: // the end of the page, or an error
			return found, orders
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
					orders += "," + attributes["content"]
				}
			case tag == "base":
				if u, ok := normal(page, attributes["href"]); ok && attributes["href"] != "" {
					base = u
				}
			case attributes["href"] == "" || hasOrder(strings.ReplaceAll(strings.ToLower(attributes["rel"]), " ", ","), "nofollow"):
			default:
				u, ok := normal(base, attributes["href"])
				if !ok || u.Scheme != page.Scheme || !strings.EqualFold(u.Host, page.Host) || seen[u.RequestURI()] || len(found) == maxLinks {
					continue
				}
				seen[u.RequestURI()] = true
				found = append(found, u.RequestURI())
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
