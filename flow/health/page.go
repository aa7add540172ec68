package health

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/watchword-auth/watchword/core"
)

// codePattern keeps whatever stands in the query from becoming text of the
// page's own.
var codePattern = regexp.MustCompile(`^['A-Za-z0-9_-]+$`)

// page shows a failure, or passes it on to the application's own page.
func (Flow) page(c *core.Context) (*core.Response, error) {
	query := c.Request().URL.Query()
	code := query.Get("error")
	if !codePattern.MatchString(code) {
		code = "UNKNOWN"
	}
	o := &c.Options().OnAPIError
	description := query.Get("error_description")
	if o.ErrorURL != "" {
		return to(withError(o.ErrorURL, code, description)), nil
	}
	if c.Options().Production && !o.CustomizeDefaultErrorPage {
		return to(withError("/", code, description)), nil
	}
	if description == "" {
		description = "The request could not be completed. Please try again."
	}
	page := fmt.Appendf(nil, errorPage, html.EscapeString(description), html.EscapeString(code))
	c.ResponseHeader().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	return core.HTML(http.StatusOK, page), nil
}

// to is a redirect without a type, as the reference sends it here.
func to(target string) *core.Response {
	return &core.Response{Status: http.StatusFound, Location: target}
}

func withError(target, code, description string) string {
	separator := "?"
	if strings.Contains(target, "?") {
		separator = "&"
	}
	target += separator + "error=" + url.QueryEscape(code)
	if description != "" {
		target += "&error_description=" + url.QueryEscape(description)
	}
	return target
}

// errorPage shows a description and a code.
const errorPage = `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1.0" />
    <title>Error</title>
    <style>
      * {
        box-sizing: border-box;
      }
      body { font: 1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto 0; padding: 0 1rem }
      code { background: #8882; padding: .1em .4em; border-radius: .3em }
    </style>
  </head>
  <body>
    <h1>Something went wrong</h1>
    <p>%s</p>
    <p>Code: <code>%s</code></p>
  </body>
</html>
`
