# nginx.bash: runs nginx for tests as any user, whatever the configuration of
# its package. It writes only below a directory of the test.

# nginx_conf DIRECTORY <<END: writes DIRECTORY/nginx.conf with the servers on
# stdin. Each request becomes a line of the access log.
nginx_conf() {
    {
        # nginx must not give directories away if it runs as root, also in a
        # user namespace. For other users this line causes a warning.
        [ "$(id -u)" -ne 0 ] || echo "user root;"
        cat <<END_CONF
daemon off;
master_process off;
pid $1/pid;
lock_file $1/lock;
error_log $1/error.log info;
events { }
http {
    log_format all '\$connection \$ssl_protocol sni=\$ssl_server_name host=\$http_host "\$request" \$status';
    access_log $1/access.log all;
    client_body_temp_path $1/1;
    proxy_temp_path $1/2;
    fastcgi_temp_path $1/3;
    uwsgi_temp_path $1/4;
    scgi_temp_path $1/5;
    client_max_body_size 8m;
END_CONF
        cat
        echo "}"
    } >"$1/nginx.conf"
}

# nginx_in DIRECTORY: replaces this shell, which must be in the background.
nginx_in() {
    exec nginx -p "$1" -c "$1/nginx.conf" -e "$1/error.log"
}
