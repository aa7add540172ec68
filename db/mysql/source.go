package mysql

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	driver "github.com/go-sql-driver/mysql"
)

// parse reads a data source name or URL and sets what the contract needs.
func parse(source string) (*driver.Config, error) {
	if strings.HasPrefix(source, "mysql://") || strings.HasPrefix(source, "mariadb://") {
		name, err := fromURL(source)
		if err != nil {
			return nil, err
		}
		source = name
	}
	config, err := driver.ParseDSN(source)
	if err != nil {
		return nil, fmt.Errorf("mysql: %w", err)
	}
	if config.DBName == "" {
		return nil, errors.New("mysql: the data source names no database")
	}
	config.ParseTime, config.ClientFoundRows = true, true
	config.InterpolateParams, config.MultiStatements = false, false
	config.Collation = ""
	if err := config.Apply(driver.Charset("utf8mb4", "")); err != nil {
		return nil, fmt.Errorf("mysql: %w", err)
	}
	if config.Params == nil {
		config.Params = map[string]string{}
	}
	config.Params["time_zone"] = "'+00:00'"
	// Backslashes escape and texts that do not fit are refused, whatever the
	// server's default.
	config.Params["sql_mode"] = "'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
	return config, nil
}

// fromURL writes a URL as the driver's data source name. Errors do not show the
// URL, which has a password in it.
func fromURL(source string) (string, error) {
	u, err := url.Parse(source)
	if err != nil {
		return "", errors.New("mysql: the URL is malformed")
	}
	config := driver.NewConfig()
	config.User = u.User.Username()
	config.Passwd, _ = u.User.Password()
	config.Net, config.DBName = "tcp", strings.TrimPrefix(u.Path, "/")
	port := u.Port()
	if port == "" {
		port = "3306"
	}
	config.Addr = net.JoinHostPort(u.Hostname(), port)
	q := u.Query()
	for _, name := range []string{"ssl-mode", "sslmode", "ssl_mode"} {
		if mode := q.Get(name); mode != "" {
			q.Del(name)
			if err := secure(q, mode); err != nil {
				return "", err
			}
		}
	}
	name := config.FormatDSN()
	if len(q) > 0 {
		glue := "?"
		if strings.Contains(name[strings.LastIndexByte(name, '/'):], "?") {
			glue = "&"
		}
		name += glue + q.Encode()
	}
	return name, nil
}

// secure translates the modes of MySQL's own clients.
func secure(q url.Values, mode string) error {
	tls, ok := map[string]string{"DISABLED": "false", "PREFERRED": "preferred", "REQUIRED": "skip-verify",
		"VERIFY_CA": "true", "VERIFY_IDENTITY": "true"}[strings.ToUpper(mode)]
	if !ok {
		return fmt.Errorf("mysql: unknown ssl-mode %q", mode)
	}
	q.Set("tls", tls)
	return nil
}
