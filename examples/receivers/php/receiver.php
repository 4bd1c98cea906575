<?php
/**
 * Receives Rappel's webhooks: verifies each, drops duplicates, and stores or forwards the rest.
 *
 *   WEBHOOK_SECRET=whsec_… php -S 127.0.0.1:8080 receiver.php                     appends each event to events.jsonl
 *   WEBHOOK_SECRET=whsec_… NEXT_URL=https://… php -S 127.0.0.1:8080 receiver.php  forwards each webhook unchanged
 *
 * STORE is the file. It needs PHP 8.1 and its standard extensions, and openssl to forward to https.
 * Each request locks the store, so that two copies of an event are not both stored.
 */

declare(strict_types=1);

const BODY_BYTES_MAX = 4 * 1024 * 1024;
const TOLERANCE_SECONDS = 300;
const FORWARDED_HEADERS = ['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature', 'rappel-event-ids'];
const NEXT_TIMEOUT_SECONDS = 10; // less than the endpoint's timeoutMs, which is 15 s by default

function setting(string $name, string $default = ''): string
{
    $value = getenv($name);
    return $value === false || $value === '' ? $default : $value;
}

/** The value of a header of the request, '' if it is absent. The name is in lower case. */
function headerOf(string $name): string
{
    $key = strtoupper(str_replace('-', '_', $name));
    return (string) ($_SERVER["HTTP_$key"] ?? $_SERVER[$key] ?? '');
}

function answer(int $status, string $retryAfter = ''): never
{
    http_response_code($status);
    if ($retryAfter !== '') {
        header("Retry-After: $retryAfter");
    }
    exit;
}

/** Standard Webhooks 1.0.0: HMAC-SHA256 over id, timestamp and the raw bytes of the body. */
function isSigned(string $body): bool
{
    $id = headerOf('webhook-id');
    $timestamp = headerOf('webhook-timestamp');
    if ($id === '' || preg_match('/^[0-9]{1,12}$/D', $timestamp) !== 1) {
        return false;
    }
    if (abs(time() - (int) $timestamp) > TOLERANCE_SECONDS) {
        return false;
    }
    // Two secrets while one is being rotated, with a space between them.
    foreach (explode(' ', setting('WEBHOOK_SECRET')) as $secret) {
        $key = base64_decode(substr($secret, strlen('whsec_')), true);
        if ($key === false || $key === '') {
            continue;
        }
        $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
        foreach (explode(' ', headerOf('webhook-signature')) as $signature) {
            if (hash_equals($expected, $signature)) {
                return true;
            }
        }
    }
    return false;
}

/**
 * The items of a JSON array as text: json_decode would turn a number that is too long for an int into a float.
 *
 * @return list<string>
 */
function itemsOf(string $array): array
{
    $items = [];
    $depth = 0;
    $start = 1;
    $isInText = false;
    for ($at = 0, $length = strlen($array); $at < $length; $at++) {
        $byte = $array[$at];
        if ($isInText) {
            if ($byte === '\\') {
                $at++;
            } elseif ($byte === '"') {
                $isInText = false;
            }
            continue;
        }
        if ($byte === '"') {
            $isInText = true;
        } elseif ($byte === '[' || $byte === '{') {
            $depth++;
        } elseif ($byte === ']' || $byte === '}') {
            $depth--;
        }
        if ($depth === 0 || ($depth === 1 && $byte === ',')) {
            $items[] = trim(substr($array, $start, $at - $start));
            $start = $at + 1;
            if ($depth === 0) {
                break;
            }
        }
    }
    return $items;
}

/**
 * Splits a group into its events. A group that is not JSON is not split.
 *
 * @param list<string> $ids
 * @return list<array{list<string>, string}>
 */
function membersOf(string $body, array $ids): array
{
    $items = str_starts_with($body, '[') ? itemsOf($body) : [];
    if (count($items) !== count($ids)) {
        return [[$ids, $body]];
    }
    return array_map(fn (string $id, string $item): array => [[$id], $item], $ids, $items);
}

/**
 * Opens the store, and waits for its lock.
 *
 * @return resource
 */
function openStore()
{
    $path = setting('STORE', 'events.jsonl');
    $isNew = !file_exists($path);
    $file = fopen($path, 'c+b');
    if ($file === false || !flock($file, LOCK_EX)) {
        throw new RuntimeException("Cannot open $path");
    }
    if ($isNew) {
        chmod($path, 0600);
    }
    return $file;
}

/**
 * The ids of the stored events, not of groups: after a crash only a part of a group may be stored.
 * An incomplete last line was never confirmed and is removed. (A database with a unique index is faster.)
 *
 * @param resource $file
 * @return array<string, true>
 */
function seenIn($file): array
{
    $seen = [];
    $end = 0;
    rewind($file);
    while (($line = fgets($file)) !== false) {
        if (!str_ends_with($line, "\n")) {
            break;
        }
        $end += strlen($line);
        foreach (json_decode($line, true, 16, JSON_THROW_ON_ERROR)['eventIds'] as $id) {
            $seen[$id] = true;
        }
    }
    ftruncate($file, $end);
    fseek($file, $end);
    return $seen;
}

/**
 * Writes to the disk before the response: an event confirmed with 200 is not sent again.
 *
 * @param resource $file
 * @param list<array<string, mixed>> $lines
 */
function append($file, array $lines): void
{
    $text = '';
    foreach ($lines as $line) {
        $text .= json_encode($line, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES) . "\n";
    }
    $size = ftell($file);
    if (fwrite($file, $text) !== strlen($text) || !fflush($file) || !fsync($file)) {
        ftruncate($file, $size); // for example on a full disk: removes a partial line
        throw new RuntimeException('Cannot write to the store');
    }
}

/**
 * Replace this with your own processing. The next receiver gets the same bytes, so it can verify them too.
 *
 * @return array{int, string} the status, and Retry-After or ''
 */
function forward(string $url, string $body): array
{
    $headers = [];
    foreach (FORWARDED_HEADERS as $name) {
        if (headerOf($name) !== '') {
            $headers[] = "$name: " . headerOf($name);
        }
    }
    $context = stream_context_create(['http' => [
        'method' => 'POST',
        'header' => $headers,
        'content' => $body,
        'timeout' => NEXT_TIMEOUT_SECONDS,
        'follow_location' => 0,
        'ignore_errors' => true,
    ]]);
    $stream = @fopen($url, 'rb', false, $context);
    if ($stream === false) {
        return [502, '']; // Rappel retries
    }
    $lines = stream_get_meta_data($stream)['wrapper_data'] ?? [];
    fclose($stream);
    $status = 502;
    $retryAfter = '';
    foreach ($lines as $line) {
        if (preg_match('#^HTTP/\S+ (\d{3})#', $line, $found) === 1) {
            $status = (int) $found[1];
        } elseif (preg_match('/^retry-after:\s*(.+)$/i', $line, $found) === 1) {
            $retryAfter = trim($found[1]);
        }
    }
    return $status < 200 || ($status >= 300 && $status < 400) ? [502, ''] : [$status, $retryAfter];
}

/** @return array{int, string} the status, and Retry-After or '' */
function receive(string $body): array
{
    $webhookId = headerOf('webhook-id');
    // A group lists its events. Any other webhook is one event, with the same id.
    $group = array_values(array_filter(explode(',', headerOf('rappel-event-ids')), fn (string $id): bool => $id !== ''));
    $ids = $group === [] ? [$webhookId] : $group;
    $file = openStore();
    try {
        $seen = seenIn($file);
        $isNew = fn (string $id): bool => !isset($seen[$id]);
        if (array_filter($ids, $isNew) === []) {
            return [200, ''];
        }
        $now = gmdate('Y-m-d\TH:i:s\Z');
        $next = setting('NEXT_URL');
        if ($next !== '') {
            [$status, $retryAfter] = forward($next, $body);
            if ($status < 300) {
                append($file, [['webhookId' => $webhookId, 'eventIds' => $ids, 'passedOnAt' => $now]]);
            }
            return [$status, $retryAfter];
        }
        $lines = [];
        foreach ($group === [] ? [[$ids, $body]] : membersOf($body, $ids) as [$eventIds, $text]) {
            // Stores only new events of a group: some may have arrived before.
            if (array_filter($eventIds, $isNew) !== []) {
                $about = ['receivedAt' => $now, 'contentType' => headerOf('content-type')];
                $lines[] = ['webhookId' => $webhookId, 'eventIds' => $eventIds] + $about + ['body' => $text];
            }
        }
        append($file, $lines);
        return [200, ''];
    } finally {
        fclose($file); // also releases the lock
    }
}

if (setting('WEBHOOK_SECRET') === '') {
    error_log('Set WEBHOOK_SECRET to the secret from the response that registered the endpoint');
    answer(500);
}
if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    answer(405);
}
$body = (string) file_get_contents('php://input', false, null, 0, BODY_BYTES_MAX + 1);
if (strlen($body) > BODY_BYTES_MAX) {
    answer(413);
}
if (!isSigned($body)) {
    answer(401);
}
try {
    [$status, $retryAfter] = receive($body);
} catch (Throwable $error) {
    error_log($error->getMessage());
    [$status, $retryAfter] = [500, '']; // Rappel retries
}
answer($status, $retryAfter);
