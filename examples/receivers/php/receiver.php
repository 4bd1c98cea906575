<?php
/**
 * Receives Rappel's webhooks: verifies each, drops what it has seen, and stores it, or passes it on.
 *
 *   WEBHOOK_SECRET=whsec_… php -S 127.0.0.1:8080 receiver.php                     appends each event to events.jsonl
 *   WEBHOOK_SECRET=whsec_… NEXT_URL=https://… php -S 127.0.0.1:8080 receiver.php  passes each webhook on as it came
 *
 * STORE names the file. PHP 8.1 and its standard extensions are all it needs (passing on to https needs openssl).
 * One request at a time holds the store: that is what keeps two copies from being stored twice.
 */

declare(strict_types=1);

const BODY_BYTES_MAX = 4 * 1024 * 1024;
const TOLERANCE_SECONDS = 300;
const PASSED_ON = ['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature', 'rappel-event-ids'];
const NEXT_TIMEOUT_SECONDS = 10; // below the endpoint's own, which is 15 s unless it says otherwise

function setting(string $name, string $default = ''): string
{
    $value = getenv($name);
    return $value === false || $value === '' ? $default : $value;
}

/** A header of the request, by its name in lower case; '' where it has none. */
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

/** Standard Webhooks 1.0.0: HMAC-SHA256 over id, timestamp and the body's bytes as they came. */
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
        $wanted = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true));
        foreach (explode(' ', headerOf('webhook-signature')) as $given) {
            if (hash_equals($wanted, $given)) {
                return true;
            }
        }
    }
    return false;
}

/**
 * The items of a JSON array as they are written: json_decode would make a float of a number that is too long for an int.
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
 * Each event of a group by itself; a group that is no JSON stays whole.
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
 * Opens the store, and waits until nobody else has it.
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
 * The events in the store, never groups: of a group that was being stored when a crash came, only a part may be there.
 * What is left of a last line was never acknowledged, and is cut off. (A database with a unique index does this faster.)
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
 * On the disk before it is acknowledged: what was answered with 200 does not come again.
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
        ftruncate($file, $size); // of a full disk: what was not stored whole was not seen
        throw new RuntimeException('The store could not be written');
    }
}

/**
 * Here is the place to act on an event. Whoever is next gets the same bytes, and can verify them too.
 *
 * @return array{int, string} the status, and Retry-After where there is one
 */
function passOn(string $url, string $body): array
{
    $headers = [];
    foreach (PASSED_ON as $name) {
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
        return [502, '']; // Rappel tries again
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

/** @return array{int, string} the status, and Retry-After where there is one */
function receive(string $body): array
{
    $webhookId = headerOf('webhook-id');
    // A group names the events in it; else the webhook is one event, of the same id.
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
            [$status, $retryAfter] = passOn($next, $body);
            if ($status < 300) {
                append($file, [['webhookId' => $webhookId, 'eventIds' => $ids, 'passedOnAt' => $now]]);
            }
            return [$status, $retryAfter];
        }
        $lines = [];
        foreach ($group === [] ? [[$ids, $body]] : membersOf($body, $ids) as [$own, $text]) {
            // Only what is new of a group: a part of it may have come before.
            if (array_filter($own, $isNew) !== []) {
                $about = ['receivedAt' => $now, 'contentType' => headerOf('content-type')];
                $lines[] = ['webhookId' => $webhookId, 'eventIds' => $own] + $about + ['body' => $text];
            }
        }
        append($file, $lines);
        return [200, ''];
    } finally {
        fclose($file); // and with it the lock
    }
}

if (setting('WEBHOOK_SECRET') === '') {
    error_log('Set WEBHOOK_SECRET to the secret that registering the endpoint has shown');
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
    [$status, $retryAfter] = [500, '']; // Rappel tries again
}
answer($status, $retryAfter);
