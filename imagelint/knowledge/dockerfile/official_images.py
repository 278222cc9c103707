"""The names of the images of docker.io/library.

Source: https://github.com/docker-library/official-images/tree/master/library, November 2026.
"""

from __future__ import annotations

_NAMES = """
adminer aerospike almalinux alpine alt amazoncorretto amazonlinux api-firewall arangodb archlinux
backdrop bash bonita buildpack-deps busybox caddy cassandra centos chronograf clearlinux clefos
clickhouse clojure composer consul convertigo couchbase couchdb crate dart debian docker drupal
eclipse-mosquitto eclipse-temurin eggdrop elasticsearch elixir emqx erlang fedora flink fluentd
friendica gazebo gcc geonetwork ghost golang gradle groovy haproxy haskell haxe hello-world hitch
httpd hylang ibm-semeru-runtimes ibmjava influxdb irssi jetty joomla jruby julia kapacitor kibana
kong krakend lightstreamer liquibase logstash mageia mariadb matomo maven mediawiki memcached mongo
mongo-express monica mono mysql nats nats-streaming neo4j neurodebian nextcloud nginx node notary
odoo open-liberty openjdk opensuse oraclelinux orientdb percona perl photon php phpmyadmin plone
postfixadmin postgres pypy python r-base rabbitmq rakudo-star redis redmine registry rethinkdb
rockylinux ros ruby rust sapmachine satosa scratch silverpeas sl solr sonarqube spark spiped
storm swift swipl telegraf tomcat tomee traefik ubuntu unit varnish vault websphere-liberty
wordpress xwiki yourls znc zookeeper
"""
OFFICIAL_IMAGES = frozenset(_NAMES.split())
